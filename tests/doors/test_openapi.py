"""The whole OpenAPI document, tried by schemathesis as everybody; and what it would not think of, at every door.

The hub finds an answer to whatever comes: never a 5xx, and never a word that is planted in the county.
"""

from collections.abc import Collection, Iterator
from typing import Any, cast

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from hub.edge.auth.access import TABLE
from hub.store.accounts import HubRole, HubScope
from tests.doors.conftest import NOBODY, PLANTED, Doors, Knock
from tests.doors.test_doors import DOORS, OF_THE_HUB, Door

NOT_SENDABLE = (UnicodeEncodeError, httpx.InvalidURL, httpx.ProtocolError, ValueError, TypeError)
"""What no client can say in HTTP at all."""

HUGE = 2**63
HOSTILE = (
    "\x00",
    str(HUGE),
    "a\x00b",
    "\ud800",
    "%00",
    "\u202e",
    str(-(10**400)),
    "'; DROP TABLE audit_entry; --",
    "x" * 9000,
)
QUERIED = "since until act actor participant after limit field next recipient date person law"
FORM = (
    "login password code next purpose given family birth_year birth_month birth_day ssn_last4 booking justification "
    "scope grant_type client_assertion client_assertion_type csrf_token"
)
KINDS = (
    "application/json",
    "text/plain",
    "application/xml",
    "multipart/form-data",
    "nonsense",
    "a/b; charset=utf-99",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data; boundary=" + "b" * 200,
    "\xff",
)
BODIES = (
    b"[" * 5000,
    b'"\\ud800"',
    b"1" * 5000,
    b"\xff\xfe",
    b"",
    b"\x00",
    b'{"a":' * 500,
    b"--b--",
    b"null",
)
HEADERS = (
    "idempotency-key",
    "cookie",
    "x-csrf-token",
    "authorization",
    "accept",
    "host",
    "x-forwarded-host",
    "hx-request",
)
POSTED = tuple(door for door in DOORS if door.method == "POST")


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.soak)], ids=["short", "long"])
def thoroughly(request: pytest.FixtureRequest) -> bool:
    """Short in `make test`; long in `make soak`."""
    return bool(request.param)


def knocks(doors: Doors) -> dict[str, Knock]:
    """Nobody, whoever may do everything, and one of each kind."""
    return {
        "nobody": NOBODY,
        "every scope": doors.system(set(HubScope)),
        "every role": doors.person(set(HubRole)),
        **{scope.value: doors.system({scope}) for scope in HubScope},
        **{role.value: doors.person({role}) for role in HubRole},
    }


class Trial:
    """Sends what is generated, and remembers what was wrong with the answers."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.sent = 0
        self.wrong: set[str] = set()

    def send(self, who: Knock, method: str, url: str, place: str, **said: Any) -> None:
        headers = {**said.pop("headers", {}), **who.headers}
        self.doors.hub.http.cookies.clear()
        try:
            answer = self.doors.hub.http.request(method, url, headers=headers, follow_redirects=False, **said)
        except NOT_SENDABLE:
            return
        self.sent += 1
        if answer.status_code >= 500:
            self.wrong.add(f"{place}: {answer.status_code} {str(said)[:300]}")
        if "/openapi.json" not in place:  # it has an example with a name
            self.wrong |= {f"{place}: told {word}" for word in PLANTED if word in answer.text}

    def gave(self) -> str:
        return "\n".join(sorted(self.wrong))

    def send_case(self, who: Knock, case: Case[Any]) -> None:
        said = case.as_transport_kwargs(base_url="")
        headers = {name: str(value) for name, value in dict(said.get("headers") or {}).items()}
        body = {"json": said["json"]} if "json" in said else {"content": said["data"]} if _is_raw(said) else {}
        if isinstance(said.get("data"), dict | list):
            body = {"data": dict(said["data"])}
        way = (who, said["method"], said["url"], case.operation.label)
        self.send(*way, headers=headers, params=said.get("params"), **body)
        if "json" in body:
            word = HOSTILE[self.sent % len(HOSTILE)]
            self.send(*way, headers=headers, params=said.get("params"), json=_spoilt(body["json"], word))


def _spoilt(said: Any, word: str) -> Any:
    """The same with every text in it followed by the word."""
    if isinstance(said, dict):
        return {name: _spoilt(value, word) for name, value in said.items()}
    if isinstance(said, list):
        return [_spoilt(value, word) for value in said]
    return f"{said}{word}" if isinstance(said, str) else said


def _is_raw(said: dict[str, Any]) -> bool:
    return isinstance(said.get("data"), bytes | str)


def try_everything(doors: Doors, *, thoroughly: bool) -> Trial:
    """Every operation as everybody with what fits the document, and by the powerful with what does not."""
    app = cast("FastAPI", doors.hub.http.app)  # type: ignore[attr-defined]
    document, trial, everybody = schemathesis.openapi.from_dict(app.openapi()), Trial(doors), knocks(doors)
    powerful = [who for name, who in everybody.items() if name.startswith("every ")]
    others = [who for who in everybody.values() if who not in powerful]
    for result in document.get_all_operations():
        assert isinstance(result, Ok), "the document says what each operation takes"
        fits, misfits = (result.ok().as_strategy(generation_mode=mode) for mode in GenerationMode)
        if thoroughly:  # everybody with requests of their own
            for who in everybody.values():
                _try(trial, [who], fits, 150 if who in powerful else 15)
                _try(trial, [who], misfits, 100 if who in powerful else 5)
        else:  # all alike with the same, since making one up takes longer than its answer
            _try(trial, powerful, fits, 2)
            _try(trial, others, fits, 1)
            _try(trial, powerful, misfits, 3)
    return trial


def _try(trial: Trial, askers: Collection[Knock], cases: Any, times: int) -> None:
    bound = settings(max_examples=times, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @bound
    @given(case=cases)
    def send(case: Case[Any]) -> None:
        for who in askers:
            trial.send_case(who, case)

    try:
        send()
    except Unsatisfiable:
        return  # nothing can be wrong with a request that takes nothing


class TestOpenApi:
    def test_has_an_answer_to_everything(self, doors: Doors, thoroughly: bool) -> None:
        trial = try_everything(doors, thoroughly=thoroughly)

        assert trial.gave() == ""
        assert trial.sent > (10_000 if thoroughly else 500)


class TestHostileRequest:
    """What no document speaks of, at every door, pages too."""

    @pytest.fixture
    def trial(self, doors: Doors) -> Iterator[Trial]:
        trial = Trial(doors)
        yield trial
        assert trial.gave() == ""
        assert trial.sent > len(TABLE)

    def test_in_a_parameter_is_answered(self, doors: Doors, trial: Trial, thoroughly: bool) -> None:
        everybody = [doors.system(set(HubScope)), doors.person(set(HubRole))]
        for door in DOORS:
            for hostile in HOSTILE if thoroughly else HOSTILE[::3]:
                for who in everybody if thoroughly else everybody[:1] if "/api" in door.pattern else everybody[1:]:
                    self._in_parameters(doors, trial, door, who, hostile)

    def _in_parameters(self, doors: Doors, trial: Trial, door: Door, who: Knock, hostile: str) -> None:
        path = door.path(doors.things)
        for name in QUERIED.split() if door.method == "GET" else ():
            trial.send(who, door.method, path, f"{door} {name}", params={name: hostile})
        if "{" in door.pattern:
            path = door.path(dict.fromkeys((*OF_THE_HUB, *doors.things), hostile))
            trial.send(who, door.method, path, f"{door} {hostile[:20]}")

    def test_in_a_form_is_answered(self, doors: Doors, trial: Trial, thoroughly: bool) -> None:
        person = doors.person(set(HubRole))
        for door in POSTED:
            for hostile in HOSTILE if thoroughly else HOSTILE[::2]:
                for who in (NOBODY, person):
                    said = dict.fromkeys(FORM.split(), hostile)
                    trial.send(who, door.method, door.path(doors.things), str(door), data=said)

    def test_in_a_body_is_answered(self, doors: Doors, trial: Trial, thoroughly: bool) -> None:
        every = doors.system(set(HubScope))
        for door in POSTED:
            for number, kind in enumerate(KINDS):
                for body in BODIES if thoroughly else (BODIES[number % len(BODIES)], b"a=b"):
                    headers = {"content-type": kind}
                    trial.send(every, "POST", door.path(doors.things), f"{door} {kind}", headers=headers, content=body)

    def test_in_a_header_is_answered(self, doors: Doors, trial: Trial, thoroughly: bool) -> None:
        every = doors.system(set(HubScope))
        for door in DOORS:
            for name in HEADERS:
                for value in ("x" * 70_000, "\xff", "a b", "%00") if thoroughly else ("\xff" * 9000,):
                    for who in (NOBODY, every):
                        place = f"{door} {name}"
                        trial.send(who, door.method, door.path(doors.things), place, headers={name: value})
