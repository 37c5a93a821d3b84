"""A sender of which only some projects are agreed: what lies outside does not enter, and is never taken for removed."""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from hub.flow.report import Report
from schemas.messages import Severity
from tests.flow.exports.conftest import Export, Source

ONLY_P1 = '[allowed]\nprojects = ["p1"]\n'
WITH_ALL_STAYS = ONLY_P1 + "elsewhere = true\n"


def outside(report: Report) -> dict[str | None, int]:
    """How many rows of each file stayed outside."""
    found = [one for one in report.problems if one.code == "project-not-agreed"]
    assert {(one.severity, one.line) for one in found} <= {(Severity.WARNING, None)}
    return {one.file: one.count for one in found}


@pytest.fixture
def both(export: Export) -> Export:
    """With Marcus, who is in the shelter, at the outreach too."""
    return export.put("Enrollment", "e4", "c1", "p2", "2026-02-03", "h4", "1").put(
        "Services", "s4", "e4", "c1", "2026-02-04", "141", "1"
    )


class TestWhatIsOutside:
    def test_does_not_enter_and_is_counted_once_for_each_file(self, source: Source, both: Export) -> None:
        source.define(ONLY_P1)

        report = source.send(both)

        assert source.keys_of("Enrollment") == {"e1", "e2"}
        assert source.keys_of("Client") == {"c1", "c2"}
        assert source.keys_of("Services") == {"s1", "s2"}
        assert outside(report) == {"Project.csv": 1, "Client.csv": 1, "Enrollment.csv": 2, "Services.csv": 2}
        assert (report.is_whole, report.set_aside) == (True, 0)
        assert "Theo" not in report.model_dump_json()

    def test_is_all_of_a_person_who_is_in_none_of_the_projects(self, source: Source, both: Export) -> None:
        source.define(WITH_ALL_STAYS)

        report = source.send(both)

        assert source.keys_of("Enrollment") == {"e1", "e2", "e4"}
        assert source.keys_of("Client") == {"c1", "c2"}
        assert outside(report) == {"Client.csv": 1, "Enrollment.csv": 1, "Services.csv": 1}

    def test_is_a_person_who_is_in_no_project_at_all(self, source: Source, export: Export) -> None:
        source.define(ONLY_P1)
        assert outside(source.send(export.put("Client", "c9", "Ina", "Ode", "1990-01-01", "0")))["Client.csv"] == 2
        assert "c9" not in source.keys_of("Client")

    @pytest.mark.parametrize("definition", [ONLY_P1, WITH_ALL_STAYS])
    def test_is_not_said_of_victim_services_which_are_refused(
        self, source: Source, export: Export, definition: str
    ) -> None:
        source.define(definition)
        report = source.send(
            export.put("Organization", "o2", "Safe House", "1").put("Project", "p2", "o2", "House", "2015-01-01")
        )
        assert outside(report) == {}
        assert {one.file for one in report.problems if one.severity is Severity.REFUSED} == {
            "Project.csv", "Client.csv", "Enrollment.csv", "Services.csv",
        }  # fmt: skip

    def test_is_nothing_without_a_list(self, source: Source, both: Export) -> None:
        assert outside(source.send(both)) == {}
        assert source.keys_of("Enrollment") == {"e1", "e2", "e3", "e4"}


class TestAFullRefresh:
    """Before the list was agreed all was taken; what came then stays until it is removed as such."""

    @pytest.mark.parametrize("definition", [ONLY_P1, WITH_ALL_STAYS])
    def test_removes_nothing_outside(self, source: Source, both: Export, definition: str) -> None:
        source.send(both)
        source.define(definition)

        report = source.send(both)

        assert report.removed == 0
        assert source.keys_of("Enrollment") == {"e1", "e2", "e3", "e4"}
        assert source.keys_of("Services") == {"s1", "s2", "s3", "s4"}

    @pytest.mark.parametrize(("definition", "left"), [(ONLY_P1, {"e2", "e3", "e4"}), (WITH_ALL_STAYS, {"e2", "e3"})])
    def test_removes_what_has_gone_inside(self, source: Source, both: Export, definition: str, left: set[str]) -> None:
        """Elsewhere only of whom is taken with all stays, as Marcus is by another stay in the shelter."""
        source.send(both)
        source.define(definition)

        rest = both.without("Enrollment", "e1", "e4", "e3").without("Services", "s1", "s3", "s4")
        source.send(rest.put("Enrollment", "e5", "c1", "p1", "2026-02-10", "h5", "1").without("IncomeBenefits", "i1"))

        assert source.keys_of("Enrollment") == left | {"e5"}


class TestTheListItself:
    def test_names_at_least_one_project(self, source: Source, export: Export) -> None:
        source.define("[allowed]\nprojects = []\n")
        report = source.send(export)
        assert (report.refused, report.problems[0].code) == (True, "definition")


@pytest.mark.parametrize(("elsewhere", "stays"), [("true", 14), ("false", 9)])
def test_the_published_set_gives_two_of_three_people(
    source: Source, shared: Callable[[str], Mapping[str, bytes]], elsewhere: str, stays: int
) -> None:
    """Open Path takes whoever is in an allowed project with all of their stays, so it counts fourteen."""
    source.define(f'[allowed]\nprojects = ["ALLOW"]\nelsewhere = {elsewhere}\n')

    source.send(shared("openpath-fy2026/importer/allowed_projects/source"))

    found = Counter(key.partition("/")[0] for key in source.records())
    assert (found["Client"], found["Enrollment"]) == (2, stays)
    assert source.keys_of("Client") == {"C-1", "C-2"}
