"""What an agency marks private, and what the county holds back, is told to nobody else, from the next question on."""

from collections.abc import Callable
from typing import Any

import pytest

from hub.demo.county import Story
from tests.flow.conftest import Hub, Partner
from tests.flow.homeless import Change, Row, Sender
from tests.flow.test_contact_queries import seen

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


def _only(enrollment: str) -> Change:
    return lambda row: {"Locked": "Yes" if row["EnrollmentID"] == enrollment else "No"}


def _ended(sender: Sender, stay: Row) -> bool:
    return stay["EnrollmentID"] in {row["EnrollmentID"] for row in sender.rows("Exit")}
