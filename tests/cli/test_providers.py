"""`hub provider` and `hub user invite, link`: people who sign in at their own agency."""

import pytest

from tests.cli.conftest import Command, Ran

SECRET = "a secret of the agency's"
HARBOR = (
    *("provider", "add", "harbor", "--name", "Harbor", "--participant", "mercy-hospital"),
    *("--issuer", "https://login.example", "--client-id", "hub", "--amr", "mfa"),
)
PERSON = (
    *("--name", "Sam Okafor", "--participant", "mercy-hospital", "--role", "crisis-worker"),
    *("--profession", "clinician"),
)
THERE = ("--provider", "harbor", "--subject", "8f14e45f")


def add(county: Command, *more: str, secret: str = SECRET) -> Ran:
    return county(*HARBOR, *more, stdin=f"{secret}\n".encode())


class TestProvider:
    def test_added_is_listed_and_on_record_without_its_secret(self, county: Command) -> None:
        assert "There is no provider yet" in county("provider", "list").out

        ran = add(county)

        assert ran.code == 0
        assert "/sign-in/from/harbor" in ran.out
        listed, log = county("provider", "list").out, county("audit", "export").out
        assert "amr mfa" in listed
        assert "hub:provider:changed" in log
        assert SECRET not in ran.out + listed + log

    def test_without_a_secret_tls_or_a_signature_is_refused(self, county: Command) -> None:
        assert add(county, secret="").is_a_plain_refusal
        assert add(county, "--issuer", "http://login.example").is_a_plain_refusal
        assert add(county, "--algorithm", "HS256").is_a_plain_refusal
        assert county.rows("identity_provider") == 0

    def test_is_there_once(self, county: Command) -> None:
        add(county)
        assert add(county).is_a_plain_refusal

    def test_removed_lets_nobody_in(self, county: Command) -> None:
        add(county)
        county("user", "invite", "sam", *PERSON, *THERE)
        assert county.rows("identity") == 1

        ran = county("provider", "remove", "harbor")

        assert (ran.code, county.rows("identity"), county.rows("identity_provider")) == (0, 0, 0)
        assert county("provider", "remove", "harbor").is_a_plain_refusal


class TestUser:
    def test_invited_has_an_account_and_reset_has_a_password_instead(self, county: Command) -> None:
        add(county)
        assert county("user", "invite", "sam", *PERSON, *THERE).code == 0
        assert "Sam Okafor" in county("user", "list").out

        assert county("user", "reset", "sam", "--password", "a quiet night in june").code == 0
        assert county.rows("identity") == 0

    def test_linked_is_on_record_and_not_by_what_the_provider_calls_them(self, county: Command) -> None:
        add(county)
        county("user", "add", "sam", *PERSON, "--password", "a quiet night in june")

        ran = county("user", "link", "sam", *THERE)

        log = county("audit", "export").out
        assert (ran.code, county.rows("identity")) == (0, 1)
        assert "linked" in log
        assert "8f14e45f" not in log

    @pytest.mark.parametrize("login", ["sam", "nobody"])
    def test_linked_to_a_provider_that_is_none_or_by_nobody_is_refused(self, county: Command, login: str) -> None:
        county("user", "add", "sam", *PERSON, "--password", "a quiet night in june")
        assert county("user", "link", login, *THERE).is_a_plain_refusal
