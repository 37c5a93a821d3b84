"""Pages of an HMIS that serves HUD's HMIS API, from one that keeps to it and from those that do not."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
from joserfc.jwk import ECKey

from adapters.hmis.api.client import ATTEMPTS, Busy, ExportClient, NotServed
from adapters.hmis.api.credentials import BadCredentials, SignIn, sign_in
from tests.flow import bad_partners as bad
from tests.flow.bad_partners import BadPartner, Behaviour
from tests.hmis_partner import asked, breaks_off, page, serving, text

SINCE = datetime(2026, 3, 1, 8, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)


class Reading:
    """A client of a partner, and the waits that it made."""

    def __init__(self, partner: BadPartner, sign: SignIn = lambda: "Bearer t", deadline: float = 20) -> None:
        self.waits: list[float] = []
        self._client = ExportClient(partner.url, sign, most_bytes=10_000, deadline=deadline, sleep=self.waits.append)

    def pages(self) -> list[list[str]]:
        return [
            [row["PersonalID"] for row in json.loads(page.content)["Client.csv"]]
            for page in self._client.pages(self._client.first(SINCE, UNTIL))
        ]


@contextmanager
def giving_tokens() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A token endpoint: its address, and the forms that came."""
    forms: list[dict[str, list[str]]] = []

    class Tokens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            forms.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"access_token": "fresh"}')

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Tokens) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/token", forms
        server.shutdown()


class TestAnHmisThatKeepsToTheDraft:
    def test_is_read_page_by_page(self) -> None:
        with serving(page("a", then="1"), page("b", "c", then="2"), page("d")) as partner:
            assert Reading(partner).pages() == [["a"], ["b", "c"], ["d"]]

        assert [asked(one).get("after") for one in partner.requests] == [None, "1", "2"]

    def test_is_asked_for_a_time_and_told_who_asks(self) -> None:
        with serving(page("a")) as partner:
            Reading(partner).pages()

        assert asked(partner.requests[0]) == {"changedSince": SINCE.isoformat(), "changedUntil": UNTIL.isoformat()}
        assert b"authorization: bearer t\r\n" in partner.requests[0].lower()

    def test_is_asked_again_when_it_wants_to_be(self) -> None:
        with serving(bad.says(429, b"retry-after: 7"), bad.says(503, b"retry-after: 0"), page("a")) as partner:
            reading = Reading(partner)
            pages = reading.pages()

        assert (pages, reading.waits) == ([["a"]], [7, 0])

    def test_may_say_when_by_the_clock(self) -> None:
        past = format_datetime(SINCE).encode()
        with serving(bad.says(429, b"retry-after: " + past), page("a")) as partner:
            reading = Reading(partner)
            pages = reading.pages()

        assert (pages, reading.waits) == ([["a"]], [0])

    def test_that_wants_a_long_rest_has_it(self) -> None:
        with serving(bad.says(429, b"retry-after: 86400")) as partner, pytest.raises(NotServed, match="left alone"):
            Reading(partner).pages()

        assert len(partner.requests) == 1

    def test_gets_a_new_token_when_the_old_one_ran_out(self) -> None:
        tokens = iter(["Bearer first", "Bearer second"])
        with serving(page("a", then="1"), bad.says(401), page("b")) as partner:
            assert Reading(partner, lambda: next(tokens)).pages() == [["a"], ["b"]]

        assert b"Bearer second" in partner.requests[2]


class TestAnHmisAtFault:
    @pytest.mark.parametrize(
        "fault", [bad.says(500), breaks_off, bad.resets, bad.hangs_up, bad.talks_garbage, bad.never_ends_its_headers]
    )
    def test_is_asked_for_the_same_page_again(self, fault: Behaviour) -> None:
        with serving(page("a", then="1"), fault, page("b")) as partner:
            reading = Reading(partner)
            pages = reading.pages()

        assert pages == [["a"], ["b"]]
        assert [asked(one).get("after") for one in partner.requests] == [None, "1", "1"]
        assert len(reading.waits) == 1

    def test_is_given_up_after_some_attempts(self) -> None:
        with serving(*[bad.says(500)] * 9) as partner, pytest.raises(Busy, match="answered 500"):
            Reading(partner).pages()

        assert len(partner.requests) == ATTEMPTS

    @pytest.mark.parametrize("fault", [bad.hangs, bad.drips])
    def test_has_no_more_time_than_a_page_is_given(self, fault: Behaviour) -> None:
        with serving(fault, page("a")) as partner:
            assert Reading(partner, deadline=0.5).pages() == [["a"]]

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (bad.sends_a_huge_body(200), "more than 10000 bytes"),
            (bad.says(302, b"location: http://127.0.0.1:1/"), "answered 302"),
            (bad.says(403), "answered 403"),
            (page("a", then="1", link="http://127.0.0.1:1/csvexport?after={}"), "another server"),
            (page("a", then="1", link="http://127.0.0.1:port/{}"), "no address"),
        ],
        ids=["endless", "elsewhere", "forbidden", "a link elsewhere", "a link to nowhere"],
    )
    def test_is_not_asked_again_for_what_will_not_change(self, fault: Behaviour, said: str) -> None:
        with serving(fault, page("b")) as partner, pytest.raises(NotServed, match=said):
            Reading(partner).pages()

        assert len(partner.requests) == 1

    def test_cannot_lead_in_a_circle(self) -> None:
        with serving(*[page("a", then="1")] * 9) as partner, pytest.raises(NotServed, match="without an end"):
            Reading(partner).pages()

    def test_is_not_asked_in_the_clear(self) -> None:
        with pytest.raises(NotServed, match="https"):
            ExportClient("http://hmis.example/hmis/v1", lambda: "", most_bytes=1)


class TestCredentials:
    @pytest.fixture
    def written(self, tmp_path: Path) -> Callable[[str], Path]:
        def write(content: str) -> Path:
            path = tmp_path / "hmis.toml"
            path.write_text(content)
            return path

        return write

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ('token = "abc"', "Bearer abc"),
            ('user = "Aladdin"\npassword = "open sesame"', "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),  # RFC 7617 section 2
        ],
    )
    def test_are_a_token_or_a_password(self, written: Callable[[str], Path], content: str, said: str) -> None:
        assert sign_in(written(content))() == said

    def test_may_be_a_key_for_a_token(self, written: Callable[[str], Path], tmp_path: Path) -> None:
        key = ECKey.generate_key("P-384", {"kid": "k"})
        (tmp_path / "key.json").write_text(json.dumps(key.as_dict(private=True)))
        with giving_tokens() as (url, forms):
            content = f'client_id = "hub"\ntoken_url = "{url}"\nkey = "key.json"\nscopes = ["hmis.read"]'
            assert sign_in(written(content))() == "Bearer fresh"

        (form,) = forms
        assert (form["grant_type"], form["scope"]) == (["client_credentials"], ["hmis.read"])

    @pytest.mark.parametrize("fault", [bad.says(400), text(b"[]"), text(b"{}"), text(b"no"), bad.hangs_up])
    def test_for_which_there_is_no_token_are_said_to_be_bad(
        self, written: Callable[[str], Path], tmp_path: Path, fault: Behaviour
    ) -> None:
        (tmp_path / "key.json").write_text(json.dumps(ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=True)))
        with serving(fault) as server, pytest.raises(BadCredentials, match="no access token"):
            sign_in(written(f'client_id = "hub"\ntoken_url = "{server.url}"\nkey = "key.json"'))()

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "no toml",
            'user = "u"',
            'token = "t"\nuser = "u"\npassword = "p"',
            'token = "t"\nsecret = "s"',
            'token = "ü"',
            'client_id = "c"\ntoken_url = "http://hmis.example/token"\nkey = "key.json"',
            'client_id = "c"\ntoken_url = "https://hmis.example/token"\nkey = "not-there.json"',
            'client_id = "c"\ntoken_url = "https://hmis.example/token"\nkey = "hmis.toml"',
        ],
    )
    def test_of_no_known_form_are_refused_and_not_repeated(self, written: Callable[[str], Path], content: str) -> None:
        with pytest.raises(BadCredentials, match="should be TOML"):
            sign_in(written(content))
