"""What was set aside because nobody knew what it refers to is tried again when a later export may have brought that."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from hub.flow import intake
from hub.store import db
from schemas.canonical import Enrollment, PersonFacts
from tests.flow.exports.conftest import Export, Source

LATER = {"DateUpdated": "2026-02-20 09:00:00"}
LAST = {"DateUpdated": "2026-02-22 09:00:00"}


def numbered(export: Export, number: int) -> Export:
    """The delta of that day."""
    return export.delta.but(ExportID=f"X{number}", ExportDate=f"2026-03-{number:02} 02:00:00")


@pytest.fixture
def early(source: Source, export: Export) -> Source:
    """A source that sent a night and an exit of a stay before the stay, and a service of one that never comes."""
    source.send(export)
    delta = numbered(export, 2).put("Services", "s9", "e9", "c1", "2026-02-19", "200", "200", **LATER)
    delta = delta.put("Services", "s8", "e8", "c1", "2026-02-19", "200", "200", **LATER)
    source.send(delta.put("Exit", "x9", "e9", "c1", "2026-02-19", "410", **LATER))
    return source


def the_stay(export: Export, number: int = 3) -> Export:
    return numbered(export, number).put("Enrollment", "e9", "c1", "p2", "2026-02-18", "h9", "1", **LAST)


class TestWhatWaited:
    def test_is_in_at_last_and_the_rest_goes_on_waiting(self, early: Source, export: Export) -> None:
        assert early.set_aside(1) == ["orphan"] * 3

        report = early.send(the_stay(export))

        assert (report.received, report.stored, report.in_at_last) == (1, 1, 2)
        assert {"s9"} == early.keys_of("Services") - {"s1", "s2", "s3"}
        body = early.records()["Enrollment/e9"].body
        assert isinstance(body, Enrollment)
        assert body.exit_date is not None
        assert (early.state(1), early.set_aside(1)) == ("read", ["orphan"])

    def test_is_in_too_when_a_full_refresh_brings_it(self, early: Source, export: Export) -> None:
        full = export.put("Enrollment", "e9", "c1", "p2", "2026-02-18", "h9", "1", **LAST)

        report = early.send(full.but(ExportID="X3", ExportDate="2026-03-03 02:00:00"))

        assert (report.in_at_last, "s9" in early.keys_of("Services")) == (2, True)

    def test_is_in_too_when_its_project_comes_alone(self, source: Source, export: Export) -> None:
        source.send(export)
        source.send(numbered(export, 2).put("Enrollment", "e7", "c1", "p7", "2026-02-19", "h7", "1", **LATER))

        alone = numbered(export, 3).put("Project", "p7", "o1", "Warming Center", "2015-01-01", "1", "0", **LAST)

        assert (source.send(alone).in_at_last, source.set_aside(1)) == (1, [])

    def test_is_tried_by_a_worker_as_well(self, early: Source, export: Export) -> None:
        message = early.message(the_stay(export))
        with db.transaction(early.engine) as session:
            intake.receive(session, early.keys, message, actor="test")
        early.reader.round(datetime.now(UTC))

        assert "s9" in early.keys_of("Services")

    def test_is_not_tried_for_ever(self, early: Source, export: Export) -> None:
        with early.engine.begin() as connection:
            month_ago = "UPDATE raw_message SET received_at = received_at - interval '31 days' WHERE id = :id"
            connection.execute(text(month_ago), {"id": early.sent[1]})

        assert early.send(the_stay(export)).in_at_last == 0
        assert "s9" not in early.keys_of("Services")

    def test_is_left_as_it_was_where_nothing_came_for_it(self, early: Source, export: Export) -> None:
        before = early.noted()
        early.send(numbered(export, 3).put("Services", "s7", "e1", "c1", "2026-02-19", "200", "200", **LAST))

        assert early.noted() == before

    def test_of_victim_services_is_destroyed(self, early: Source, export: Export) -> None:
        safe = numbered(export, 3).put("Organization", "o2", "Safe Harbor", "1", **LAST)
        safe = safe.put("Project", "p7", "o2", "Safe House", "2015-01-01", "1", "0", **LAST)
        early.send(numbered(export, 3).put("Enrollment", "e7", "c1", "p7", "2026-02-19", "h7", "1", **LATER))
        early.send(safe)

        assert early.state(2) == "destroyed"
        assert early.state(1) == "read"


class TestWhatCameSince:
    def test_is_not_overwritten_on_the_same_day_either(self, source: Source, export: Export) -> None:
        source.send(export)
        first = numbered(export, 2).put("Client", "c1", "Marco", "Delgado", "1987-04-09", "1", **LATER)
        source.send(first.put("Services", "s9", "e9", "c1", "2026-02-19", "200", "200", **LATER))
        source.send(numbered(export, 3).put("Client", "c1", "Marcus", "Delgado", "1987-04-09", "1", **LATER))

        report = source.send(the_stay(export, 4))

        body = source.records()["Client/c1"].body
        assert isinstance(body, PersonFacts)
        assert (report.in_at_last, body.given) == (1, "Marcus")

    def test_is_not_brought_back_where_it_was_deleted(self, early: Source, export: Export) -> None:
        gone = numbered(export, 3).put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        early.send(
            gone.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", DateDeleted="2026-02-21", **LATER)
        )

        early.send(the_stay(export, 4))

        assert "s9" not in early.keys_of("Services")
