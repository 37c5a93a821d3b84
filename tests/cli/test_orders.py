"""`hub orders` as two privacy officers use it: each signs in, and neither can do it alone."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyotp
import pytest
from sqlalchemy import Engine

from hub.settings import settings
from hub.store import db
from hub.store.accounts import HubRole, Users
from hub.store.crypto import load
from schemas.vocab import Role
from tests.cli.conftest import FIXTURES, Command, Ran

ADMISSION = FIXTURES / "hl7v2" / "a01_emergency.hl7"
NAMED = {"given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"}
PASSWORD = "a quiet night in june"
SECRETS = {"ines": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "sam": "KRUGKIDROVUWG2ZAKRUGKIDROVUWG2ZA"}
OTHER = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"


@pytest.fixture
def hub(county: Command, engine: Engine, place: Path) -> Command:
    """A hub that knows one patient, with two privacy officers and one who is none."""
    county("import", "hl7v2", ADMISSION, "--source", "mercy-hospital")
    with db.transaction(engine) as session:
        users = Users(session, load(settings().keys))
        for login, role, secret in (
            *((login, HubRole.PRIVACY_OFFICER, secret) for login, secret in SECRETS.items()),
            ("dana", HubRole.ADMINISTRATOR, OTHER),
        ):
            users.create(
                login=login,
                name=login.title(),
                participant="mercy-hospital",
                roles={role},
                role=Role.ADMINISTRATOR,
                password=PASSWORD,
                totp_secret=secret,
            )
    return county


def signed_in(login: str, *more: str, password: str = PASSWORD) -> bytes:
    """What somebody types: password, one-time code, and what else is asked."""
    code = pyotp.TOTP(SECRETS.get(login, OTHER)).at(datetime.now(UTC))
    return "\n".join((password, code, *more)).encode()


def propose(hub: Command, login: str = "ines", *, who: object = NAMED, password: str = PASSWORD) -> Ran:
    typed = signed_in(login, json.dumps(who), password=password)
    return hub("orders", "propose", "expunge", "--reference", "CV-2026-0117", "--login", login, stdin=typed)


def order_in(ran: Ran) -> str:
    found = re.search(r"[0-9a-f-]{36}", ran.out)
    assert found is not None, ran.err
    return found[0]


class TestOrders:
    def test_take_two_and_leave_a_log_that_verifies(self, hub: Command) -> None:
        proposed = propose(hub)
        order = order_in(proposed)
        alone = hub("orders", "carry-out", order)

        ran = hub("orders", "approve", order, "--login", "sam", stdin=signed_in("sam"))

        assert (proposed.code, alone.code, ran.code) == (0, 2, 0), ran.err
        assert "second person" in alone.err
        assert "Expunged" in ran.out
        assert "Backups made before now" in ran.out
        assert hub.rows("person") == 0
        assert hub("audit", "verify").code == 0
        assert "carried-out" in hub("orders", "list").out

    def test_cannot_be_approved_by_whoever_proposed(self, hub: Command) -> None:
        order = order_in(propose(hub))
        with psycopg.connect(hub.database_url, autocommit=True) as connection:  # else the code has been used
            connection.execute("UPDATE user_account SET totp_step = 0")

        ran = hub("orders", "approve", order, "--login", "ines", stdin=signed_in("ines"))

        assert ran.is_a_plain_refusal
        assert "takes two" in ran.err
        assert hub.rows("person") == 1

    @pytest.mark.parametrize(("login", "password"), [("dana", PASSWORD), ("ines", "wrong"), ("nobody", PASSWORD)])
    def test_are_for_privacy_officers_and_say_no_in_the_same_words(
        self, hub: Command, login: str, password: str
    ) -> None:
        ran = propose(hub, login, password=password)

        assert ran.is_a_plain_refusal
        assert ran.err.startswith("hub: This did not work.")
        assert hub.rows("person_order") == 0
        assert "hub:user:sign-in-failed" in hub("audit", "export").out

    @pytest.mark.parametrize("who", [{"given": "Nobody", "family": "Atall"}, {"name": "Marcus"}, "Marcus Delgado"])
    def test_must_mean_somebody_and_repeat_nothing(self, hub: Command, who: object) -> None:
        ran = propose(hub, who=who)

        assert ran.is_a_plain_refusal
        assert "Marcus" not in ran.err
        assert "Atall" not in ran.err

    def test_that_are_refused_stay_on_record(self, hub: Command) -> None:
        order = order_in(propose(hub))

        assert hub("orders", "refuse", order, "--login", "sam", stdin=signed_in("sam")).code == 0
        assert "refused" in hub("orders", "list").out
        assert hub.rows("person") == 1

    def test_of_none_say_how_to_begin(self, hub: Command) -> None:
        assert "hub orders propose --help" in hub("orders", "list").out


class TestCustodianKey:
    def test_is_made_once_and_for_its_owner_alone(self, bare: Command, place: Path) -> None:
        made, again = bare("orders", "custodian-key", "court"), bare("orders", "custodian-key", "court")

        assert (made.code, again.code) == (0, 2)
        assert (place / "court").stat().st_mode & 0o077 == 0
        assert (place / "court.pub").is_file()
        assert "There is a key" in again.err
