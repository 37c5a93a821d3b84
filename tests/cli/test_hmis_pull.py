"""`hub hmis pull`: all that changed at an HMIS comes in, once, also when the HMIS breaks off."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine

from hub.flow.puller import Puller
from hub.settings import settings
from hub.store.crypto import KeyFile, Keys
from hub.store.walls import Part, as_part
from tests.cli.conftest import Command, Ran
from tests.flow import bad_partners as bad
from tests.flow.bad_partners import BadPartner, Behaviour
from tests.hmis_partner import asked, page, serving, text


class Hmis:
    """The county's HMIS, which is pulled from."""

    def __init__(self, county: Command, place: Path) -> None:
        self._county = county
        (place / "hmis.toml").write_text('token = "t"')

    def pull(self, *behaviours: Behaviour) -> tuple[Ran, BadPartner]:
        """Once, from an address of its own."""
        (ran,), partner = self.pulls(1, *behaviours)
        return ran, partner

    def pulls(self, times: int, *behaviours: Behaviour) -> tuple[list[Ran], BadPartner]:
        with serving(*behaviours) as partner:
            return [self._pull(partner.url) for _ in range(times)], partner

    def _pull(self, url: str) -> Ran:
        return self._county("hmis", "pull", "--source", "riverbend-hmis", "--url", url, "--credentials", "hmis.toml")

    @property
    def messages(self) -> int:
        return self._county.rows("raw_message")


@pytest.fixture
def hmis(county: Command, place: Path) -> Hmis:
    return Hmis(county, place)


class TestPull:
    def test_makes_each_page_a_message(self, hmis: Hmis) -> None:
        ran, partner = hmis.pull(page("a", then="1"), page(then="2"), page("b"))

        assert ran.code == 0, ran.err
        assert "2 pages with rows, 2 of them new" in ran.out
        assert hmis.messages == 2
        assert "changedSince" not in asked(partner.requests[0])

    def test_asks_the_next_time_for_what_changed_since(self, hmis: Hmis) -> None:
        (first, second), partner = hmis.pulls(2, page("a"), page("a"))
        until, since = asked(partner.requests[0])["changedUntil"], asked(partner.requests[1])["changedSince"]

        assert (first.code, second.code) == (0, 0)
        assert datetime.fromisoformat(until) - datetime.fromisoformat(since) == timedelta(hours=1)

    def test_takes_a_row_that_says_again_what_it_said_once(self, hmis: Hmis) -> None:
        hmis.pulls(3, page("a"), page("b"), page("a"))

        assert hmis.messages == 3

    def test_goes_on_from_the_page_at_which_it_broke(self, hmis: Hmis) -> None:
        broken_off = (page("a", then="1"), page("b", then="2"), bad.says(403))
        (broken, whole), partner = hmis.pulls(2, *broken_off, page("c"))

        assert broken.is_a_plain_refusal
        assert "does not let these credentials read: it answered 403" in broken.err
        assert whole.code == 0
        assert "3 pages with rows, 3 of them new" in whole.out
        assert hmis.messages == 3
        assert [asked(one).get("after") for one in partner.requests] == [None, "1", "2", "2"]

    def test_begins_with_the_first_page_where_the_hmis_has_forgotten_the_link(self, hmis: Hmis) -> None:
        broken_off, forgotten = (page("a", then="1"), bad.says(503, b"retry-after: 999")), bad.says(404)
        (broken, whole), partner = hmis.pulls(2, *broken_off, forgotten, page("a", then="7"), page("b"))

        assert broken.is_a_plain_refusal
        assert whole.code == 0
        assert hmis.messages == 2, "nothing is taken twice"
        assert asked(partner.requests[3]) == asked(partner.requests[0])

    def test_rides_out_a_busy_hmis(self, hmis: Hmis) -> None:
        ran, _ = hmis.pull(bad.says(429, b"retry-after: 0"), bad.says(500, b"retry-after: 0"), page("a"))

        assert ran.code == 0
        assert hmis.messages == 1

    @pytest.mark.parametrize("body", [b"\x00\xff", b"<html>Odalys", b"[]", b'{"Client.csv": {"Odalys": 1}}', b""])
    def test_keeps_nothing_of_what_is_no_page(self, hmis: Hmis, body: bytes) -> None:
        ran, _ = hmis.pull(text(body))

        assert ran.is_a_plain_refusal
        assert "Odalys" not in ran.err
        assert hmis.messages == 0

    def test_from_another_address_begins_anew(self, hmis: Hmis) -> None:
        hmis.pull(page("a"))
        _, elsewhere = hmis.pull(page("a"))

        assert "changedSince" not in asked(elsewhere.requests[0])

    @pytest.mark.parametrize(
        ("option", "value"), [("--source", "nobody"), ("--url", "http://hmis.example"), ("--credentials", "none.toml")]
    )
    def test_that_cannot_be_is_refused(self, hmis: Hmis, county: Command, option: str, value: str) -> None:
        said = {"--source": "riverbend-hmis", "--url": "http://127.0.0.1:1", "--credentials": "hmis.toml"}
        given = [part for pair in {**said, option: value}.items() for part in pair]

        assert county("hmis", "pull", *given).is_a_plain_refusal


class TestPulls:
    def test_are_pulled_by_a_worker_when_due_and_say_what_went_wrong(
        self, hmis: Hmis, county: Command, engine: Engine, place: Path
    ) -> None:
        """With a worker's own rights in the database."""
        puller = Puller(as_part(engine, Part.WORKER), Keys(KeyFile(place / "keys.json").read()), settings())
        with serving(page("a", then="1"), bad.says(403), page("b")) as partner:
            added = county("hmis", "pulls", "add", *of(partner))
            broken = (puller.pull_next(), county("hmis", "pulls", "list").out)
            due(engine)
            whole = (puller.pull_next(), county("hmis", "pulls", "list").out)
            again = puller.pull_next()

        assert added.code == 0, added.err
        assert (broken[0], whole[0], again) == (True, True, False)
        assert "does not let these credentials read" in broken[1]
        assert "never" in broken[1]
        assert "never" not in whole[1]
        assert "credentials" not in whole[1]
        assert hmis.messages == 2
        assert [asked(one).get("after") for one in partner.requests] == [None, "1", "1"]

    def test_that_are_known_need_no_address_by_hand_and_none_once_removed(self, hmis: Hmis, county: Command) -> None:
        with serving(page("a")) as partner:
            county("hmis", "pulls", "add", *of(partner))
            by_hand = county("hmis", "pull", "--source", "riverbend-hmis")
            removed = county("hmis", "pulls", "remove", "--source", "riverbend-hmis")
        unknown = county("hmis", "pull", "--source", "riverbend-hmis")

        assert (by_hand.code, removed.code) == (0, 0)
        assert hmis.messages == 1
        assert unknown.is_a_plain_refusal
        assert "There is none yet" in county("hmis", "pulls", "list").out

    def test_with_credentials_that_will_not_do_are_not_added(self, hmis: Hmis, county: Command) -> None:
        with serving() as partner:
            refused = county("hmis", "pulls", "add", *of(partner, credentials="none.toml"))

        assert refused.is_a_plain_refusal
        assert "There is none yet" in county("hmis", "pulls", "list").out


def of(partner: BadPartner, credentials: str = "hmis.toml") -> list[str]:
    return ["--source", "riverbend-hmis", "--url", partner.url, "--credentials", credentials]


def due(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE pull SET due_at = now()"))
