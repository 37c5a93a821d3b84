"""What an export would change, said before anything of it is kept."""

from sqlalchemy import text

from hub.flow.preview import Preview
from tests.flow.exports.conftest import Export, Source

LATER = {"DateUpdated": "2026-02-20 09:00:00"}
EARLIER = {"DateUpdated": "2026-01-06 09:00:00"}


def changes(seen: Preview) -> dict[str, dict[str, int]]:
    """What would become of each file's rows, without what is naught."""
    counted = {one.of: one.model_dump(exclude={"of"}) for one in seen.changes}
    return {of: {name: count for name, count in counts.items() if count} for of, counts in counted.items()}


def rows(source: Source) -> dict[str, int]:
    """How many rows each table of the database has."""
    with source.engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in tables}


class TestPreview:
    def test_of_a_first_export_keeps_nothing(self, source: Source, export: Export) -> None:
        before = rows(source)

        seen = source.preview(export)

        assert changes(seen) == {
            "Organization": {"added": 1}, "User": {"added": 1}, "Project": {"added": 2}, "Client": {"added": 3},
            "Enrollment": {"added": 3}, "Exit": {"added": 1}, "Services": {"added": 3}, "IncomeBenefits": {"added": 1},
        }  # fmt: skip
        assert (seen.new_people, seen.refused, seen.held, seen.is_whole) == (3, False, False, True)
        assert rows(source) == before

    def test_of_a_later_export_says_what_becomes_of_each_row(self, source: Source, export: Export) -> None:
        source.send(export)
        later = (
            export.put("Client", "c1", "Marcos", "Delgado", "1987-04-09", "1", **LATER)
            .put("Client", "c4", "Ina", "Ode", "1990-01-01", "0")
            .put("Services", "s1", "e1", "c1", "2026-01-12", "200", "200", **EARLIER)
            .put("Project", "p2", "o1", "Street Outreach", "2015-01-01", "1", "4")
            .put("Organization", "o1", "Open Doors", "0")
            .without("Services", "s3")
        )

        seen = source.preview(later)

        assert changes(seen) == {
            "Organization": {"changed": 1}, "User": {"unchanged": 1}, "Project": {"changed": 1, "unchanged": 1},
            "Client": {"added": 1, "changed": 1, "unchanged": 2}, "Enrollment": {"unchanged": 3},
            "Exit": {"unchanged": 1}, "Services": {"removed": 1, "older": 1, "unchanged": 1},
            "IncomeBenefits": {"unchanged": 1},
        }  # fmt: skip
        assert seen.new_people == 1

    def test_is_what_then_happens(self, source: Source, export: Export) -> None:
        source.send(export)
        later = export.without("Enrollment", "e3").without("Services", "s3").put(
            "Client", "c4", "Ina", "Ode", "1990-01-01", "0"
        )  # fmt: skip
        seen = source.preview(later)

        report = source.send(later)

        assert (report.received, report.set_aside) == (seen.received, seen.set_aside)
        assert report.removed == sum(one.removed for one in seen.changes) == 2
        assert set(changes(source.preview(later))) == set(changes(seen))
        assert not any(one.added or one.changed or one.removed for one in source.preview(later).changes)

    def test_counts_who_may_be_somebody_known(self, source: Source, export: Export) -> None:
        source.send(export)
        twin = export.put("Client", "c9", "Marcus", "Delgado", "1987-04-08", "1")
        assert (source.preview(twin).new_people, source.preview(twin).possible_matches) == (1, 1)

    def test_says_that_a_set_would_be_held_unless_removals_are_confirmed(self, source: Source, export: Export) -> None:
        full = export
        for one in range(30):
            full = full.put("Services", f"m{one}", "e1", "c1", "2026-01-12", "200", "200")
        source.send(full)

        held, confirmed = source.preview(export), source.preview(export, confirmed=True)

        assert (held.held, held.is_whole, confirmed.held) == (True, False, False)
        assert "this would remove 91 % of services (30 of 33)" in held.problems[0].expected
        assert changes(held) == changes(confirmed)
        assert changes(held)["Services"] == {"removed": 30, "unchanged": 3}

    def test_of_what_would_be_refused_says_so_and_nothing_else(self, source: Source, export: Export) -> None:
        source.send(export)

        seen = source.preview(export.but(SourceID="YY-600"))

        assert (seen.refused, seen.changes, seen.new_people) == (True, (), 0)
        assert [one.code for one in seen.problems] == ["other-database"]

    def test_counts_releases_of_information(self, source: Source, export: Export) -> None:
        source.define('vendor = "chicago"\n[form]\nrecipients = ["crisis-providers"]\npurposes = ["COC"]\n')
        release = {"ROI.csv": b"ROIID,PersonalID,Option,StartDate,EndDate\nr1,c1,A,2026-01-10,2027-01-10\n"}
        first = changes(source.preview({**export.files, **release}))["ROI"]
        source.send({**export.files, **release})
        again = changes(source.preview({**export.files, **release}))["ROI"]
        shorter = {"ROI.csv": release["ROI.csv"].replace(b"2027", b"2028")}

        assert (first, again) == ({"added": 1}, {"unchanged": 1})
        assert changes(source.preview({**export.files, **shorter}))["ROI"] == {"changed": 1}
