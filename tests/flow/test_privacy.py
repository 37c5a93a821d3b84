"""What an agency marks private, and what the county holds back, is told to nobody else, from the next question on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.demo.county import Story
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.terms import terms
from tests.flow.conftest import Hub, Partner
from tests.flow.homeless import Change, Row, Sender
from tests.flow.test_contact_queries import asked_at, seen

BY_CLIENT = '[[privacy]]\nfile = "Client"\ncolumn = "Private"'
BY_ENROLLMENT = '[[privacy]]\nfile = "Enrollment"\ncolumn = "Locked"\nopen = ["No"]'


@pytest.fixture
def sender(hub: Hub) -> Sender:
    return Sender(hub)


@pytest.fixture
def contacts(crisis: Partner, marcus: Story) -> Callable[[], Any]:
    """What a crisis team is told of Marcus."""
    return lambda: crisis.ask(marcus).json()["contacts"]


def marked(column: str, mark: str, later: str = "") -> Change:
    return lambda row: {column: mark, "DateUpdated": later or row["DateUpdated"]}


class TestAPrivateClient:
    @pytest.mark.parametrize("mark", ["1", "yes", "confidential", "whatever it means"])
    def test_looks_like_a_stranger(
        self, sender: Sender, crisis: Partner, marcus: Story, stranger: Story, mark: str
    ) -> None:
        sender.agree(BY_CLIENT)
        before = crisis.ask(marcus).json()["contacts"]
        sender.send(Client=marked("Private", mark))

        assert before
        assert seen(crisis.ask(marcus)) == seen(crisis.ask(stranger))

    def test_is_told_of_again_when_the_mark_goes(self, sender: Sender, contacts: Callable[[], Any]) -> None:
        sender.agree(BY_CLIENT)
        before = contacts()
        sender.send(Client=marked("Private", "1"))
        during = contacts()
        sender.send(Client=marked("Private", "0"))

        assert before
        assert not during
        assert contacts() == before

    def test_stays_private_where_the_column_is_missing_and_the_sender_hears_of_it(
        self, sender: Sender, contacts: Callable[[], Any]
    ) -> None:
        sender.agree(BY_CLIENT)
        report = sender.send("Client")

        assert contacts() == []
        assert "privacy-column" in {problem.code for problem in report.problems}

    def test_is_not_private_by_a_column_that_nobody_agreed_on(
        self, sender: Sender, contacts: Callable[[], Any]
    ) -> None:
        sender.send(Client=marked("Private", "1"))

        assert contacts()


class TestAPrivateEnrollment:
    def test_hides_all_that_belongs_to_it_and_nothing_else(
        self, sender: Sender, marcus: Story, contacts: Callable[[], Any]
    ) -> None:
        """Only the enrollment is sent again: what belongs to it follows."""
        sender.agree(BY_ENROLLMENT)
        before = contacts()
        own = sender.personal_ids(marcus)
        stays = [row for row in sender.rows("Enrollment") if row["PersonalID"] in own and not _ended(sender, row)]
        told = []
        for stay in stays:
            hidden = stay["EnrollmentID"]
            sender.send("Client", "Project", "Organization", Enrollment=_only(hidden))
            told.append(contacts())

        assert len(before) == len(stays)
        assert all(len(some) == len(before) - 1 for some in told)


class TestVictimServices:
    def test_an_agency_that_becomes_one_is_told_of_no_more(
        self, sender: Sender, crisis: Partner, marcus: Story, stranger: Story, contacts: Callable[[], Any]
    ) -> None:
        before = contacts()
        sender.send(Organization=lambda _: {"VictimServiceProvider": "1"})

        assert before
        assert seen(crisis.ask(marcus)) == seen(crisis.ask(stranger))

    def test_a_project_that_moves_to_a_comparable_database_is_told_of_no_more_until_it_comes_back(
        self, sender: Sender, crisis: Partner, marcus: Story, stranger: Story, contacts: Callable[[], Any]
    ) -> None:
        before = contacts()
        sender.send("Organization", "Project", HMISParticipation=lambda _: {"HMISParticipationType": "2"})
        during = seen(crisis.ask(marcus))
        sender.send("Organization", "Project", "HMISParticipation", "Funder")

        assert before
        assert during == seen(crisis.ask(stranger))
        assert contacts() == before


class TestAGrant:
    @pytest.mark.parametrize("grant", ["15", "22"], ids=["for people with HIV", "for runaway and homeless youth"])
    def test_that_comes_after_the_enrollment_protects_it(
        self, sender: Sender, contacts: Callable[[], Any], grant: str
    ) -> None:
        """Neither the person nor the enrollment is sent again (42 U.S.C. 12905(e); 34 U.S.C. 11186)."""
        before = contacts()
        sender.send("Organization", "Project", "HMISParticipation", Funder=lambda _: {"Funder": grant})

        assert before
        assert contacts() == []

    def test_of_another_kind_protects_nobody(self, sender: Sender, contacts: Callable[[], Any]) -> None:
        before = contacts()
        sender.send("Organization", "Project", "HMISParticipation", Funder=lambda _: {"Funder": "2"})

        assert contacts() == before


class TestAnEmbargo:
    def test_holds_back_whom_a_source_has_only_just_told_of(
        self, hub: Hub, crisis: Partner, marcus: Story, stranger: Story, contacts: Callable[[], Any]
    ) -> None:
        before = contacts()
        _lay_down(hub, embargo_days=7)

        assert before
        assert seen(crisis.ask(marcus)) == seen(crisis.ask(stranger))

    @pytest.mark.parametrize(("days", "told"), [(6, False), (7, True)])
    def test_ends_so_many_days_after_the_source_first_told(
        self, hub: Hub, marcus: Story, days: int, told: bool
    ) -> None:
        _lay_down(hub, embargo_days=7)

        assert bool(asked_at(hub, marcus, datetime.now(UTC) + timedelta(days)).contacts) is told


class TestAPolicy:
    """Of homeless services, dated: the version in force at the time of the question counts."""

    @pytest.mark.parametrize(("days", "told"), [(0, True), (1, False)])
    def test_counts_from_its_first_day_on(self, hub: Hub, marcus: Story, days: int, told: bool) -> None:
        at = hub.home.settings.now()
        _lay_down(hub, embargo_days=366, since=at.date() + timedelta(1))

        assert bool(asked_at(hub, marcus, at + timedelta(days)).contacts) is told

    @pytest.mark.parametrize(("days", "told"), [(0, True), (1, False)])
    def test_shares_nothing_once_its_last_day_is_over(self, hub: Hub, marcus: Story, days: int, told: bool) -> None:
        at = hub.home.settings.now()
        _lay_down(hub, since=at.date(), until=at.date())

        assert bool(asked_at(hub, marcus, at + timedelta(days)).contacts) is told


def _lay_down(hub: Hub, **changes: int | date) -> None:
    with transaction(hub.engine) as session:
        policies = terms(session).policies
        assert policies.hmis is not None
        changed = policies.model_copy(update={"hmis": policies.hmis.model_copy(update=changes)})
        Directory(session).lay_down(changed, at=datetime.now(UTC))


def _only(enrollment: str) -> Change:
    return lambda row: {"Locked": "Yes" if row["EnrollmentID"] == enrollment else "No"}


def _ended(sender: Sender, stay: Row) -> bool:
    return stay["EnrollmentID"] in {row["EnrollmentID"] for row in sender.rows("Exit")}
