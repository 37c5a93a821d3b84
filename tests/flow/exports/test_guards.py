"""What keeps a wrong file out: of another database, or one that would remove much."""

from tests.flow.exports.conftest import Export, Source


def many(export: Export, number: int) -> Export:
    """With so many services more."""
    for one in range(number):
        export = export.put("Services", f"m{one}", "e1", "c1", "2026-01-12", "200", "200")
    return export


class TestAnotherDatabase:
    def test_is_refused_whole(self, source: Source, export: Export) -> None:
        source.send(export)

        report = source.send(export.put("Client", "c9", "New", "Person", "1990-01-01", "0").but(SourceID="YY-600"))

        assert (report.refused, report.problems[0].code) == (True, "other-database")
        assert "c9" not in source.keys_of("Client")
        assert source.state() == "refused"

    def test_by_its_implementation_too(self, source: Source, export: Export) -> None:
        source.send(export)
        assert source.send(export.but(ImplementationID="other")).refused

    def test_cannot_be_told_from_a_name_left_blank(self, source: Source, export: Export) -> None:
        source.send(export)
        assert not source.send(export.but(ImplementationID="")).refused
        assert source.send(export.but(ImplementationID="other")).refused

    def test_is_taken_once_the_definition_names_it_and_the_old_one_then_is_not(
        self, source: Source, export: Export
    ) -> None:
        source.send(export)
        source.define('source_id = "YY-600"')
        assert not source.send(export.but(SourceID="YY-600")).refused

        source.define("")
        assert source.send(export.but(ExportID="X3")).refused


class TestMuchRemoved:
    def test_is_held_and_changes_nothing(self, source: Source, export: Export) -> None:
        source.send(many(export, 100))
        before = source.versions()

        report = source.send(many(export, 60).put("Client", "c9", "New", "Person", "1990-01-01", "0"))

        assert (report.refused, report.held, report.stored, report.removed) == (True, True, 0, 0)
        assert [problem.code for problem in report.problems] == ["removals"]
        assert "this would remove 39 % of services (40 of 103); repeat with --confirm-removals" in (
            report.problems[0].expected
        )
        assert (source.versions(), source.state()) == (before, "parked")

    def test_is_taken_when_a_person_confirms_it(self, source: Source, export: Export) -> None:
        source.send(many(export, 100))
        source.send(many(export, 60))

        report = source.reader.replay(source.sent[-1], confirmed=True)

        assert (report.refused, report.removed, source.state()) == (False, 40, "read")

    def test_is_taken_when_it_is_not_so_many(self, source: Source, export: Export) -> None:
        source.send(many(export, 100))
        assert source.send(many(export, 80)).removed == 20

    def test_is_taken_when_it_is_not_so_large_a_share(self, source: Source, export: Export) -> None:
        source.send(many(export, 300))
        assert source.send(many(export, 275)).removed == 25

    def test_by_tombstones_is_held_as_well(self, source: Source, export: Export) -> None:
        source.send(many(export, 30).but(ExportDirective="1"))
        deleted = export
        for one in range(30):
            gone = {"DateDeleted": "2026-02-03 10:00:00"}
            deleted = deleted.put("Services", f"m{one}", "e1", "c1", "2026-01-12", "200", "200", **gone)
        assert source.send(deleted.but(ExportDirective="1")).held
