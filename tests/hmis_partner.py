"""An HMIS that serves HUD's HMIS API, as a small real server on loopback: one behaviour a request, in turn."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from threading import Event
from urllib.parse import parse_qs, urlsplit

from tests.flow.bad_partners import BadPartner, Behaviour, misbehaving


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[BadPartner]:
    """An HMIS that answers its requests like that; one more than these gets no answer."""
    left = iter(behaviours)

    def behave(line: socket, over: Event) -> None:
        next(left, _nothing)(line, over)

    with misbehaving(behave) as partner:
        yield partner


def page(*people: str, then: str | None = None, link: str = "/hooks/csvexport?after={}") -> Behaviour:
    """Client rows of people with these keys, and a link to the page after it."""
    return text(json.dumps({"Client.csv": [client(key) for key in people]}).encode(), then and link.format(then))


def text(body: bytes, link: str | None = None) -> Behaviour:
    following = f'link: <{link}>; rel="next"\r\n' if link else ""

    def behave(line: socket, _over: Event) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n%s\r\n" % (len(body), following.encode()) + body)

    return behave


def breaks_off(line: socket, _over: Event) -> None:
    """In the middle of a page."""
    line.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{"Client.csv": [{"Perso')


def client(key: str) -> dict[str, str | int]:
    return {
        "PersonalID": key,
        "FirstName": "Odalys",
        "LastName": f"Brancusi {key}",
        "NameDataQuality": 1,
        "DOB": "1990-02-03",
        "DOBDataQuality": 1,
        "VeteranStatus": 0,
        "DateCreated": "2026-03-01 08:00:00",
        "DateUpdated": "2026-03-01 08:00:00",
        "UserID": "u1",
    }


def asked(request: bytes) -> dict[str, str]:
    """The parameters of a request."""
    address = request.split(b" ", 2)[1].decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _nothing(_line: socket, _over: Event) -> None:
    """Hangs up."""
