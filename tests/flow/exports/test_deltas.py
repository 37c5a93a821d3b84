"""A delta brings what changed and nothing else; what it refers to came in exports before it."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import Session

from adapters.hmis import HmisCsv
from hub.flow.kept import Kept
from hub.flow.pipeline import check
from hub.flow.report import Report
from schemas.canonical import Enrollment
from schemas.messages import Severity
from schemas.vocab import Funding, Sensitivity
from tests.flow.exports.conftest import Export, Source

LATER = {"DateUpdated": "2026-02-20 09:00:00"}
EARLIER = {"DateUpdated": "2026-01-20 09:00:00"}
GONE = {"DateDeleted": "2026-02-20 09:00:00", **LATER}


def orphans(report: Report) -> int:
    return sum(problem.code == "orphan" for problem in report.problems)


def refused(report: Report) -> set[str]:
    """Why rows did not come in."""
    return {problem.code for problem in report.problems if problem.severity is not Severity.WARNING}


def stay(source: Source, key: str) -> Enrollment:
    body = source.records()[f"Enrollment/{key}"].body
    assert isinstance(body, Enrollment)
    return body


def exit_of(source: Source, key: str) -> str | None:
    day = stay(source, key).exit_date
    return None if day is None else day.isoformat()


@pytest.fixture
def known(source: Source, export: Export) -> Source:
    """A source whose full export is in."""
    source.send(export)
    return source


class TestRefersBack:
    @pytest.mark.parametrize(
        ("values", "taken"),
        [(("e1", "c1"), True), (("e9", "c1"), False), (("e1", "c2"), False), (("e1", "c9"), False)],
        ids=["a stay that is in", "a stay nobody sent", "a stay of another person", "a person nobody sent"],
    )
    def test_by_a_service_alone(self, known: Source, export: Export, values: tuple[str, str], taken: bool) -> None:
        report = known.send(export.delta.put("Services", "s9", *values, "2026-02-19", "200", "200", **LATER))

        assert ("s9" in known.keys_of("Services"), orphans(report)) == (taken, not taken)

    @pytest.mark.parametrize(
        ("values", "taken"),
        [(("c1", "p2"), True), (("c9", "p2"), False), (("c1", "p9"), False)],
        ids=["a person and a project that are in", "a person nobody sent", "a project nobody sent"],
    )
    def test_by_an_enrollment_alone(self, known: Source, export: Export, values: tuple[str, str], taken: bool) -> None:
        report = known.send(export.delta.put("Enrollment", "e9", *values, "2026-02-19", "h9", "1", **LATER))

        assert ("e9" in known.keys_of("Enrollment"), orphans(report)) == (taken, not taken)
        assert not taken or known.records()["Enrollment/e9"].held_by == "Organization/o1"

    @pytest.mark.parametrize(("organization", "taken"), [("o1", True), ("o9", False)])
    def test_by_a_project_alone(self, known: Source, export: Export, organization: str, taken: bool) -> None:
        added = export.delta.put("Project", "p9", organization, "Warming Center", "2026-01-01", "1", "0", **LATER)
        report = known.send(added.put("Enrollment", "e9", "c1", "p9", "2026-02-19", "h9", "1", **LATER))

        assert ("e9" in known.keys_of("Enrollment"), orphans(report)) == (taken, 0 if taken else 2)

    def test_not_to_what_was_removed(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("Enrollment", "e1", "c1", "p1", "2026-01-10", "h1", "1", **GONE))
        report = known.send(
            export.delta.but(ExportID="X3").put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        )

        assert orphans(report) == 1

    def test_not_to_what_another_source_sent(
        self, known: Source, new_source: Callable[[], Source], export: Export
    ) -> None:
        other = new_source()
        other.send(export.delta.but(SourceID="ZZ-900").put("Organization", "o1", "Elsewhere", "0"))

        report = other.send(
            export.delta.but(SourceID="ZZ-900").put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        )

        assert orphans(report) == 1

    def test_only_where_the_set_is_a_delta(self, known: Source, export: Export) -> None:
        more = export.without("Enrollment", "e3").put("Services", "s9", "e3", "c3", "2026-02-19", "200", "200")

        assert orphans(known.send(more.but(ExportDirective="3"))) == 2
        assert orphans(known.send(more.but(ExportDirective="1"))) == 0

    def test_and_names_who_recorded_it(self, known: Source, export: Export) -> None:
        report = known.send(export.delta.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER))

        assert "unknown-user" not in {problem.code for problem in report.problems}


class TestACheck:
    def test_asks_what_is_in_where_it_can_and_else_says_that_the_import_will(
        self, known: Source, export: Export
    ) -> None:
        delta = export.delta.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        message = known.message(delta)

        with Session(known.engine) as session:
            earlier = Kept(session, known.keys, source=known.slug, feed=message.feed)
            beside_the_hub = check(message, HmisCsv(), earlier=earlier)
        alone = check(message, HmisCsv())

        assert (orphans(beside_the_hub), orphans(alone)) == (0, 1)
        codes = [{problem.code for problem in report.problems} for report in (beside_the_hub, alone)]
        assert ["refers-back" in found for found in codes] == [False, True]


class TestAStayThatCameWithItsExit:
    def test_is_not_open_again_without_it(self, known: Source, export: Export) -> None:
        again = export.delta.put("Enrollment", "e2", "c2", "p1", "2025-11-01", "h8", "1", **LATER)
        known.send(again.put("Enrollment", "e1", "c1", "p1", "2026-01-10", "h8", "1", **LATER))

        assert (stay(known, "e2").household, exit_of(known, "e2")) == ("h8", "2026-01-15")
        assert (stay(known, "e1").household, exit_of(known, "e1")) == ("h8", None)

    def test_is_open_again_when_the_exit_is_deleted(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("Exit", "x2", "e2", "c2", "2026-01-15", "410", **GONE))

        assert exit_of(known, "e2") is None

    def test_ends_when_the_exit_written_last_says(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("Exit", "x2", "e2", "c2", "2026-01-18", "410", **LATER))
        known.send(export.delta.but(ExportID="X3").put("Exit", "x2", "e2", "c2", "2026-01-12", "410", **EARLIER))

        assert exit_of(known, "e2") == "2026-01-18"


class TestAnExitAlone:
    def test_ends_a_stay_that_is_in_and_no_other_persons(self, known: Source, export: Export) -> None:
        alone = export.delta.put("Exit", "x1", "e1", "c1", "2026-02-19", "410", **LATER)
        report = known.send(alone.put("Exit", "x3", "e3", "c1", "2026-02-19", "410", **LATER))

        assert (exit_of(known, "e1"), exit_of(known, "e3")) == ("2026-02-19", None)
        assert (report.received, orphans(report)) == (2, 1)

    def test_sent_again_changes_nothing(self, known: Source, export: Export) -> None:
        alone = export.delta.put("Exit", "x1", "e1", "c1", "2026-02-19", "410", **LATER)
        known.send(alone)

        assert known.send(alone.but(ExportID="X3")).stored == 0
        assert exit_of(known, "e1") == "2026-02-19"


class TestWhoFlees:
    @pytest.fixture
    def fleeing(self, source: Source, export: Export) -> Source:
        """A source that said of one person that they flee, and of another that they do not."""
        told = export.put("HealthAndDV", "d1", "e1", "c1", "2026-01-10", "1")
        source.send(told.put("HealthAndDV", "d3", "e3", "c3", "2026-02-01", "0"))
        return source

    def test_still_does_where_the_answer_does_not_come_again(self, fleeing: Source, export: Export) -> None:
        again = export.delta.put("Enrollment", "e1", "c1", "p1", "2026-01-10", "h8", "1", **LATER)
        again = again.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        fleeing.send(again.put("Services", "s8", "e3", "c3", "2026-02-19", "141", "1", **LATER))

        records = fleeing.records()
        assert (stay(fleeing, "e1").household, stay(fleeing, "e1").fleeing_violence) == ("h8", True)
        assert Sensitivity.SDV in records["Enrollment/e1"].sensitivity
        assert Sensitivity.SDV in records["Services/s9"].sensitivity
        assert Sensitivity.SDV not in records["Services/s8"].sensitivity

    def test_still_does_where_only_a_service_comes(self, fleeing: Source, export: Export) -> None:
        fleeing.send(export.delta.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER))

        assert Sensitivity.SDV in fleeing.records()["Services/s9"].sensitivity

    def test_is_told_by_an_answer_alone(self, fleeing: Source, export: Export) -> None:
        fleeing.send(export.delta.put("HealthAndDV", "d4", "e3", "c3", "2026-02-10", "1", **LATER))

        assert stay(fleeing, "e3").fleeing_violence is True
        assert Sensitivity.SDV in fleeing.records()["Enrollment/e3"].sensitivity

    @pytest.mark.parametrize(("as_of", "flees"), [("2026-02-10", False), ("2026-01-05", True)])
    def test_no_longer_does_by_a_later_answer_and_not_by_an_earlier_one(
        self, fleeing: Source, export: Export, as_of: str, flees: bool
    ) -> None:
        fleeing.send(export.delta.put("HealthAndDV", "d4", "e1", "c1", as_of, "0", **LATER))

        assert stay(fleeing, "e1").fleeing_violence is flees


class TestAClosedProject:
    def test_stays_closed_whatever_a_delta_says_of_it(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("Organization", "o1", "Open Door", "1", **LATER))
        opened = export.delta.but(ExportID="X3").put("Organization", "o1", "Open Door", "0", **LATER)
        opened = opened.put("Project", "p1", "o1", "Night Shelter", "2015-01-01", "1", "1", **LATER)

        report = known.send(opened.put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER))

        assert refused(report) == {"victim-service-provider"}
        assert ("s9" in known.keys_of("Services"), known.state()) == (False, "destroyed")

    def test_is_known_by_its_key_alone_and_another_is_not(self, source: Source, export: Export) -> None:
        safe = export.put("Organization", "o2", "Safe Harbor", "1")
        source.send(safe.put("Project", "p7", "o2", "Safe House", "2015-01-01", "1", "0"))
        into = {key: export.delta.put("Enrollment", "e9", "c1", key, "2026-02-19", "h9", "1") for key in ("p7", "p8")}

        assert [refused(source.send(into[key])) for key in ("p8", "p7")] == [{"orphan"}, {"victim-service-provider"}]
        assert source.state() == "destroyed"

    def test_is_one_that_lies_in_a_comparable_database_since(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("HMISParticipation", "hp1", "p1", "2", "2026-02-01", **LATER))

        report = known.send(
            export.delta.but(ExportID="X3").put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        )

        assert refused(report) == {"victim-service-provider"}

    def test_opens_again_by_a_full_refresh(self, known: Source, export: Export) -> None:
        known.send(export.delta.put("HMISParticipation", "hp1", "p1", "2", "2026-02-01", **LATER))
        known.send(export.but(ExportID="X3", ExportDate="2026-03-03 02:00:00"))

        report = known.send(
            export.delta.but(ExportID="X4").put("Services", "s9", "e1", "c1", "2026-02-19", "200", "200", **LATER)
        )

        assert "s9" in known.keys_of("Services"), report.problems


class TestAGrant:
    @pytest.mark.parametrize("first", ["with its project", "alone"])
    def test_still_protects_when_it_does_not_come_again(self, source: Source, export: Export, first: str) -> None:
        if first == "alone":
            source.send(export)
            source.send(export.delta.put("Funder", "f1", "p1", "13", "G1", "2020-01-01", **LATER))
        else:
            source.send(export.put("Funder", "f1", "p1", "13", "G1", "2020-01-01"))
        again = export.delta.but(ExportID="X3").put(
            "Project", "p1", "o1", "Night Shelter", "2015-01-01", "1", "1", **LATER
        )

        source.send(again.put("Enrollment", "e1", "c1", "p1", "2026-01-10", "h8", "1", **LATER))

        hmis = source.records()["Enrollment/e1"].provenance.hmis
        assert hmis is not None
        assert hmis.funding == {Funding.HOPWA}
        assert "HOPWA" in _program(source, "p1").upper()

    @pytest.mark.parametrize(("comes", "funding"), [(False, {Funding.HOPWA}), (True, set())], ids=["no file", "a file"])
    def test_goes_only_by_a_file_of_grants_that_does_not_name_it(
        self, source: Source, export: Export, comes: bool, funding: set[Funding]
    ) -> None:
        source.send(export.put("Funder", "f1", "p1", "13", "G1", "2020-01-01"))
        again = export.but(ExportID="X4", ExportDate="2026-03-04 02:00:00").files
        source.send({name: text for name, text in again.items() if comes or name != "Funder.csv"})

        hmis = source.records()["Enrollment/e1"].provenance.hmis
        assert hmis is not None
        assert hmis.funding == funding
        assert ("HOPWA" in _program(source, "p1").upper()) == bool(funding)


def _program(source: Source, key: str) -> str:
    with source.engine.connect() as connection:
        query = text("SELECT provenance::text FROM program WHERE source = :source AND key = :key")
        return str(connection.execute(query, {"source": source.slug, "key": f"Project/{key}"}).scalar_one())
