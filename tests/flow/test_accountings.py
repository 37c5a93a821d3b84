"""Accountings of what a loaded county disclosed: the person's own copy whole, an officer's by standing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlmodel import Session

from hub.demo.county import Story, story
from hub.errors import Invalid, NotAllowed
from hub.flow.accounting import NOBODY, OWN_HOLDERS_ONLY, Accountant, summarised, years_before
from hub.flow.registry import Registry
from hub.store import audit
from hub.store.accounts import Caller, CallerKind, HubRole
from hub.store.audit import Act
from hub.store.consents import Consents
from hub.store.db import transaction
from hub.store.directory import HUB
from schemas.accountings import Accounting, AccountingAsked, Disclosed, WrittenRequest
from schemas.contacts import PersonAsked
from schemas.instruments import Consent
from schemas.registry import PaperVersion, Suspended, SuspensionAsked
from schemas.vocab import RevocationForm, Role
from schemas.vocab.ledgers import Ledger
from tests.flow.conftest import Hub, Partner
from tests.flow.test_obligations import CEDAR, NORA, counsels

Asks = Callable[..., Accounting]
Suspends = Callable[..., Suspended]
HARBOR = "harbor-mobile-crisis"


def officer(participant: str, *roles: HubRole) -> Caller:
    held = frozenset(roles or {HubRole.COMPLIANCE_OFFICER})
    return Caller(
        kind=CallerKind.USER,
        id="user:officer",
        name="Officer",
        participant=participant,
        role=Role.ADMINISTRATOR,
        roles=held,
    )


PRIVACY = officer(HUB, HubRole.PRIVACY_OFFICER)


def asked_of(one: Story, law: Ledger = Ledger.PART2, **changes: Any) -> AccountingAsked:
    person = PersonAsked(given=one.given, family=one.family, birth_date=one.born)
    return AccountingAsked(law=law, person=person, **changes)


def written(day: date | None = None, *, sure: bool = True) -> WrittenRequest:
    return WrittenRequest(received_on=day or datetime.now(UTC).date(), identity_verified=sure)


@pytest.fixture
def theodora(hub: Hub) -> Story:
    """Cedar's patient, with the single consent for treatment, payment and operations."""
    one = story("part2-consent")
    counsels(hub, one)
    return one


@pytest.fixture
def account(hub: Hub) -> Asks:
    """Signs the log, and makes an accounting as somebody."""

    def make(caller: Caller, asked: AccountingAsked, *, later: timedelta = timedelta()) -> Accounting:
        at = datetime.now(UTC) + later
        audit.sequence(hub.engine)
        audit.checkpoint(hub.engine, hub.keys, at)
        with Session(hub.engine) as session, session.begin():
            return Accountant(session, hub.keys, caller, at=at).account(asked)

    return make


class TestPersonsCopy:
    def test_tells_date_recipient_address_description_purpose_and_paper(
        self, crisis: Partner, theodora: Story, account: Asks
    ) -> None:
        asked_at = datetime.fromisoformat(crisis.ask(theodora, purpose="TREAT").json()["asked_at"])

        made = account(PRIVACY, asked_of(theodora, request=written()))

        (told,) = made.disclosures
        assert (told.at, told.recipient) == (asked_at, "Harbor Mobile Crisis")
        assert told.reach[0].value.startswith("+1")
        assert told.description == ("Name and phone of the case manager.",)
        assert told.purpose == "Treatment. Covers COC and ETREAT. (TREAT)"
        assert (told.papers, told.discloser) == (("tpo-7",), "Cedar Opioid Treatment")
        assert made.identified

    def test_leaves_out_what_another_law_lists_and_what_was_not_told(
        self, crisis: Partner, theodora: Story, account: Asks
    ) -> None:
        crisis.ask(theodora, purpose="TREAT")
        crisis.ask(theodora, purpose="TREAT", treating_relationship=False)

        assert len(account(PRIVACY, asked_of(theodora, request=written())).disclosures) == 1
        assert account(PRIVACY, asked_of(theodora, Ledger.HIPAA, request=written())).disclosures == ()

    @pytest.mark.parametrize(
        ("law", "years", "due_in"), [(Ledger.HIPAA, 6, 60), (Ledger.PART2, 3, 60), (Ledger.INTERMEDIARY, 3, 30)]
    )
    def test_reaches_back_as_far_as_its_law_and_is_due_in_time(
        self, theodora: Story, account: Asks, law: Ledger, years: int, due_in: int
    ) -> None:
        today = datetime.now(UTC).date()

        made = account(PRIVACY, asked_of(theodora, law, request=written(), since=date(2000, 1, 1)))

        assert made.since == years_before(today, years)
        assert made.answer_due == today + timedelta(days=due_in)

    @pytest.mark.parametrize(("days", "told"), [(-1, 1), (1, 0)])
    def test_tells_of_the_last_three_years_and_of_no_day_before(
        self, crisis: Partner, theodora: Story, account: Asks, days: int, told: int
    ) -> None:
        asked_at = datetime.fromisoformat(crisis.ask(theodora, purpose="TREAT").json()["asked_at"])
        three_years = years_before(date(asked_at.year + 6, 3, 1), 3) - date(asked_at.year, 3, 1)
        later = three_years + timedelta(days=days)
        request = written((datetime.now(UTC) + later).date())

        assert len(account(PRIVACY, asked_of(theodora, request=request), later=later).disclosures) == told

    def test_of_nobody_known_says_that_it_is_none(self, stranger: Story, account: Asks) -> None:
        made = account(PRIVACY, asked_of(stranger, request=written()))

        assert (made.identified, made.disclosures, made.notes) == (False, (), (NOBODY,))

    def test_is_made_by_a_privacy_officer_alone(self, theodora: Story, account: Asks) -> None:
        with pytest.raises(NotAllowed, match="privacy officer"):
            account(officer(CEDAR), asked_of(theodora, request=written()))

    @pytest.mark.parametrize(
        ("request_", "named"),
        [
            (written(sure=False), "identity_verified"),
            (written(datetime.now(UTC).date() + timedelta(days=2)), "received_on"),
        ],
    )
    def test_needs_a_request_that_is_the_persons(
        self, theodora: Story, account: Asks, request_: WrittenRequest, named: str
    ) -> None:
        with pytest.raises(Invalid, match=named):
            account(PRIVACY, asked_of(theodora, request=request_))


class TestOfficersCopy:
    def test_tells_the_program_and_nobody_else(self, crisis: Partner, theodora: Story, account: Asks) -> None:
        crisis.ask(theodora, purpose="TREAT")

        own, others = (account(officer(who), asked_of(theodora)) for who in (CEDAR, "lakeside-clinic"))

        assert [one.recipient for one in own.disclosures] == ["Harbor Mobile Crisis"]
        assert others.disclosures == ()
        assert own.notes[-1] == others.notes[-1] == OWN_HOLDERS_ONLY

    def test_of_another_programs_patient_is_that_of_a_stranger(
        self, crisis: Partner, theodora: Story, stranger: Story, account: Asks
    ) -> None:
        crisis.ask(theodora, purpose="TREAT")

        known, unknown = (account(officer("lakeside-clinic"), asked_of(one)) for one in (theodora, stranger))

        differs = {"id", "until", "stands_under"}
        assert known.model_dump(exclude=differs) == unknown.model_dump(exclude=differs)

    def test_of_one_holders_records_leaves_out_the_others(
        self, crisis: Partner, theodora: Story, account: Asks
    ) -> None:
        crisis.ask(theodora, purpose="TREAT")

        made = [account(officer(CEDAR), asked_of(theodora, holder=holder)) for holder in (CEDAR, "lakeside-clinic")]

        assert [len(one.disclosures) for one in made] == [1, 0]

    def test_of_an_emergency_tells_what_was_disclosed_in_it(self, hub: Hub, crisis: Partner, account: Asks) -> None:
        calvin = story("part2-no-consent")
        counsels(hub, calvin)
        crisis.ask(calvin, purpose="ETREAT", emergency=NORA)

        emergencies = account(officer(CEDAR), asked_of(calvin, Ledger.EMERGENCY))

        assert [one.purpose for one in emergencies.disclosures] == ["Emergency treatment. (ETREAT)"]
        assert account(officer(CEDAR), asked_of(calvin)).disclosures == ()

    def test_needs_to_know_of_whom(self, account: Asks) -> None:
        with pytest.raises(Invalid, match="a name or an identifier"):
            account(officer(CEDAR), AccountingAsked(law=Ledger.PART2, person=PersonAsked()))


class TestSuspension:
    """Disclosures to a crisis team stand for those to the police, so that there is something to keep out."""

    @pytest.fixture
    def agency(self, hub: Hub) -> None:
        with psycopg.connect(hub.home.url) as connection:
            connection.execute(
                "UPDATE participant SET capacities = capacities || '[\"law-enforcement\"]' WHERE slug = %s", [HARBOR]
            )

    @pytest.fixture
    def suspended(self, hub: Hub, crisis: Partner, theodora: Story) -> Suspends:
        crisis.ask(theodora, purpose="TREAT")

        def suspend(**changes: Any) -> Suspended:
            at = datetime.now(UTC)
            said = {
                "person": PersonAsked(given=theodora.given, family=theodora.family, birth_date=theodora.born),
                "agency": HARBOR,
                "form": "written",
                "official": "Det. Rowe",
                "because": "An investigation is under way.",
                "stated_on": at.date(),
                "until": at.date() + timedelta(days=90),
            }
            with transaction(hub.engine) as session:
                desk = Registry(session, hub.keys, PRIVACY, at=at)
                return desk.suspend(SuspensionAsked.model_validate({**said, **changes}))

        return suspend

    def test_keeps_them_out_of_the_persons_copy_and_says_nothing_there(
        self, hub: Hub, theodora: Story, account: Asks, agency: None, suspended: Suspends
    ) -> None:
        before = account(PRIVACY, asked_of(theodora, request=written()))
        until = suspended().until
        after = account(PRIVACY, asked_of(theodora, request=written()))
        officers = account(officer(CEDAR), asked_of(theodora))

        assert (len(before.disclosures), after.disclosures) == (1, ())
        assert "suspend" not in after.model_copy(update={"disclosures": ()}).model_dump_json()
        assert [one.suspended_until for one in officers.disclosures] == [until]
        assert [entry.details["kept_out"] for entry in hub.entries(Act.ACCOUNTING_GIVEN)] == [0, 1, 0]

    @pytest.mark.parametrize(("days", "told"), [(90, 0), (91, 1)])
    def test_ends_by_itself(
        self, theodora: Story, account: Asks, agency: None, suspended: Suspends, days: int, told: int
    ) -> None:
        suspended()
        later = timedelta(days=days)

        made = account(PRIVACY, asked_of(theodora, request=written()), later=later)

        assert len(made.disclosures) == told

    def test_is_sealed_and_on_record(self, hub: Hub, theodora: Story, agency: None, suspended: Suspends) -> None:
        suspended()

        (entry,) = hub.entries(Act.ACCOUNTING_SUSPENDED)
        assert entry.details["agency"] == HARBOR
        assert b"Det. Rowe" not in hub.everything_kept()

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"agency": "lakeside-clinic"}, "agency"),
            ({"form": "oral"}, "thirty days"),
            ({"until": "2020-01-01"}, "until"),
            ({"stated_on": "2999-01-01", "until": "2999-02-01"}, "stated_on"),
        ],
        ids=str,
    )
    def test_is_what_the_law_lets_an_agency_state(
        self, theodora: Story, agency: None, suspended: Suspends, changes: dict[str, str], named: str
    ) -> None:
        with pytest.raises(Invalid, match=named):
            suspended(**changes)


class TestRegistry:
    @pytest.fixture
    def papers(self, hub: Hub, theodora: Story) -> Callable[..., list[PaperVersion]]:
        def about(caller: Caller, one: Story = theodora, *, later: timedelta = timedelta()) -> list[PaperVersion]:
            person = PersonAsked(given=one.given, family=one.family, birth_date=one.born)
            with transaction(hub.engine) as session:
                return Registry(session, hub.keys, caller, at=datetime.now(UTC) + later).about(person)

        return about

    def test_tells_the_program_of_its_papers_and_others_of_none(
        self, papers: Callable[..., list[PaperVersion]]
    ) -> None:
        (own,) = papers(officer(CEDAR))

        assert (own.source, own.paper.id, own.superseded_at) == (CEDAR, "tpo-7", None)
        assert papers(officer("lakeside-clinic")) == papers(officer("lakeside-clinic"), story("stranger")) == []

    def test_keeps_every_version_until_six_years_after_the_end(
        self, hub: Hub, papers: Callable[..., list[PaperVersion]]
    ) -> None:
        with transaction(hub.engine) as session:
            Consents(session, hub.keys).revoke(CEDAR, "tpo-7", RevocationForm.WRITTEN, at=datetime.now(UTC))

        given, revoked = papers(officer(CEDAR))
        assert given.superseded_at == revoked.filed_at
        assert isinstance(revoked.paper, Consent)
        assert revoked.paper.revocation is not None
        assert given.ended_on == revoked.ended_on == datetime.now(UTC).date()
        assert len(papers(officer(CEDAR), later=timedelta(days=6 * 365))) == 2
        assert papers(officer(CEDAR), later=timedelta(days=6 * 366 + 2)) == []

    def test_records_each_look_without_a_name(
        self, hub: Hub, theodora: Story, papers: Callable[..., list[PaperVersion]]
    ) -> None:
        papers(officer(CEDAR))

        (entry,) = hub.entries(Act.AUDIT_READ)
        assert entry.details == {"ledger": "papers", "rows": 1}
        assert entry.subject is not None
        assert theodora.family not in entry.model_dump_json()


class TestRecord:
    def test_says_who_asked_and_for_what_and_no_name(
        self, hub: Hub, crisis: Partner, theodora: Story, account: Asks
    ) -> None:
        crisis.ask(theodora, purpose="TREAT")
        made = account(PRIVACY, asked_of(theodora, request=written()))

        (entry,) = hub.entries(Act.ACCOUNTING_GIVEN)
        (release,) = hub.entries(Act.CONTACT_RELEASED)
        assert (entry.actor, entry.participant, entry.subject) == ("user:officer", HUB, release.subject)
        assert entry.details["accounting"] == str(made.id)
        assert (entry.details["law"], entry.details["told"], entry.details["copy_for"]) == ("part2", 1, "person")
        assert theodora.family not in entry.model_dump_json()


def disclosed(minute: int, recipient: str = "Harbor", purpose: str = "TREAT", what: str = "Name.") -> Disclosed:
    return Disclosed(
        entry=minute,
        at=datetime(2026, 6, 15, 2, minute, tzinfo=UTC),
        person="a" * 32,
        discloser="Cedar",
        recipient=recipient,
        reach=(),
        purpose=purpose,
        description=(what,),
        basis=(),
        papers=(),
    )


class TestSummary:
    def test_tells_the_first_their_number_and_the_last_date(self) -> None:
        told = [disclosed(1), disclosed(2, recipient="Mercy"), disclosed(3), disclosed(4)]

        harbor, mercy = summarised(told)

        assert (harbor.entry, harbor.times, harbor.last) == (1, 3, told[3].at)
        assert (mercy.entry, mercy.times, mercy.last) == (2, 1, None)

    @pytest.mark.parametrize("change", [{"recipient": "Mercy"}, {"purpose": "COC"}, {"what": "Diagnosis."}])
    def test_puts_together_nothing_that_differs(self, change: dict[str, str]) -> None:
        assert len(summarised([disclosed(1), disclosed(2, **change)])) == 2

    def test_is_not_for_a_list_that_the_law_wants_whole(self, theodora: Story, account: Asks) -> None:
        with pytest.raises(Invalid, match="summarised"):
            account(PRIVACY, asked_of(theodora, Ledger.INTERMEDIARY, request=written(), summarised=True))
