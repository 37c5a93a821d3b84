"""A full refresh takes the place of what was sent before: what it does not name is removed, where it speaks for it."""

import pytest

from hub.flow.report import Report
from schemas.canonical import Enrollment
from tests.flow.exports.conftest import Export, Source


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


class TestRemoves:
    def test_an_enrollment_that_is_missing_with_all_that_hangs_on_it(self, source: Source, export: Export) -> None:
        source.send(export)

        report = source.send(
            export.without("Enrollment", "e1").without("Services", "s1").without("IncomeBenefits", "i1")
        )

        assert report.removed == 3
        assert source.keys_of("Enrollment") == {"e2", "e3"}
        assert source.keys_of("Services") == {"s2", "s3"}
        assert source.keys_of("IncomeBenefits") == set()

    def test_a_service_that_is_missing_of_an_enrollment_that_is_there(self, source: Source, export: Export) -> None:
        source.send(export)
        assert source.send(export.without("Services", "s1")).removed == 1
        assert source.keys_of("Services") == {"s2", "s3"}

    def test_never_a_client_a_user_an_organization_or_a_project(self, source: Source, export: Export) -> None:
        source.send(export)

        report = source.send(export.without("Client", "c1").without("User", "u1").without("Project", "p2"))

        assert report.removed == 0
        assert source.keys_of("Client") == {"c1", "c2", "c3"}

    def test_twice_nothing_more(self, source: Source, export: Export) -> None:
        source.send(export)
        less = export.without("Services", "s1")
        source.send(less)
        again = source.send(less.but(ExportID="X3"))
        assert (again.stored, again.removed) == (0, 0)

    def test_what_comes_back_when_it_is_sent_again(self, source: Source, export: Export) -> None:
        source.send(export)
        source.send(export.without("Services", "s1"))
        report = source.send(export.but(ExportID="X3"))
        assert (report.stored, report.removed) == (1, 0)
        assert source.keys_of("Services") == {"s1", "s2", "s3"}


class TestLeaves:
    @pytest.mark.parametrize(
        "header",
        [{"ExportDirective": "1"}, {"ExportDirective": "3"}, {"ExportPeriodType": "1"}, {"ExportEndDate": ""}],
        ids=["a delta", "another directive", "only what was updated", "no days"],
    )
    def test_everything_where_the_set_is_not_complete(
        self, source: Source, export: Export, header: dict[str, str]
    ) -> None:
        source.send(export)
        assert source.send(export.without("Services", "s1").but(**header)).removed == 0
        assert source.keys_of("Services") == {"s1", "s2", "s3"}

    def test_what_belongs_to_a_project_that_the_set_does_not_name(self, source: Source, export: Export) -> None:
        source.send(export)

        report = source.send(export.without("Project", "p2").without("Enrollment", "e3").without("Services", "s3"))

        assert report.removed == 0
        assert "e3" in source.keys_of("Enrollment")

    def test_a_stay_that_ended_before_its_days(self, source: Source, export: Export) -> None:
        source.send(export)
        less = export.without("Enrollment", "e2").without("Exit", "x2").without("Services", "s2")

        assert source.send(less.but(ExportStartDate="2026-01-16")).removed == 0
        assert source.send(less.but(ExportStartDate="2026-01-15")).removed == 3

    def test_what_was_found_out_after_its_days(self, source: Source, export: Export) -> None:
        source.send(export)
        less = export.without("Services", "s1")

        assert source.send(less.but(ExportEndDate="2026-01-10")).removed == 0
        assert source.send(less.but(ExportEndDate="2026-01-11")).removed == 1

    def test_a_table_of_which_a_row_could_not_be_read(self, source: Source, export: Export) -> None:
        source.send(export)

        report = source.send(
            export.without("Services", "s1").put("Services", "s2", "e2", "c2", "some day", "200", "200")
        )

        assert report.removed == 0
        assert "removals-skipped" in codes(report)

    def test_everything_where_a_later_export_is_in(self, source: Source, export: Export) -> None:
        source.send(export.but(ExportDate="2026-03-02 02:00:00"))

        report = source.send(export.without("Services", "s1").but(ExportDate="2026-03-01 02:00:00"))

        assert report.removed == 0
        assert "late-export" in codes(report)


class TestADefinition:
    def test_may_say_that_what_a_sender_calls_other_is_complete(self, source: Source, export: Export) -> None:
        source.define('directive = "full-refresh"')
        source.send(export.but(ExportDirective="3"))
        assert source.send(export.without("Services", "s1").but(ExportDirective="3")).removed == 1

    def test_may_say_that_what_a_sender_calls_complete_is_not(self, source: Source, export: Export) -> None:
        source.define('directive = "delta"')
        source.send(export)
        assert source.send(export.without("Services", "s1")).removed == 0


class TestOlder:
    def test_never_overwrites_and_the_same_day_does(self, source: Source, export: Export) -> None:
        source.send(export)
        changed = export.put("Enrollment", "e1", "c1", "p1", "2026-01-12", "h1", "1", DateUpdated="2026-01-31 23:59:59")
        assert source.send(changed).stored == 0

        same_day = export.put(
            "Enrollment", "e1", "c1", "p1", "2026-01-12", "h1", "1", DateUpdated="2026-02-01 00:00:00"
        )
        assert source.send(same_day).stored == 1
        assert _entered(source) == "2026-01-12"

    def test_goes_by_the_senders_day(self, source: Source, export: Export) -> None:
        """Ten at night and one in the morning of one day in Chicago are two days in UTC."""
        source.define('timezone = "America/Chicago"')
        source.send(
            export.put("Client", "c1", "Marco", "Delgado", "1987-04-09", "1", DateUpdated="2026-02-01 22:00:00")
        )
        changed = export.put("Client", "c1", "Marcus", "Delgado", "1987-04-09", "1", DateUpdated="2026-02-01 01:00:00")
        assert source.send(changed).stored == 1


def _entered(source: Source) -> str:
    body = source.records()["Enrollment/e1"].body
    assert isinstance(body, Enrollment)
    return body.entry_date.isoformat()
