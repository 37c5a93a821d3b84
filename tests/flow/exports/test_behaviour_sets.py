"""The behaviour sets that Open Path publishes, with the outcome that its specifications state for each.

Their headers say ExportDirective 3, "other", where Open Path takes them for complete; so does the definition here.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from hub.flow.report import Report
from tests.flow.exports.conftest import Source

Take = Callable[..., Report]

IMPORTER = "openpath-fy2026/importer"
ALIKE = {"Enrollment": 4, "Services": 18, "Exit": 1, "Client": 3}
STAYS = {"Client": 1, "Enrollment": 8, "Exit": 5}


@pytest.fixture
def take(shared: Callable[[str], Mapping[str, bytes]], source: Source) -> Take:
    """Sends sets of the importer one after another; gives the report on the last."""
    source.define('directive = "full-refresh"')

    def take(*names: str) -> Report:
        return [source.send(shared(f"{IMPORTER}/{name}/source")) for name in names][-1]

    return take


@pytest.mark.parametrize(
    ("name", "live"),
    [
        ("bad_data", {"Client": 134, "Enrollment": 2}),
        ("bom_test", ALIKE),
        ("cleanup_move_ins", STAYS),
        ("combine_enrollments", {"Client": 2, "Enrollment": 14, "Exit": 13}),
        ("custom_files", {**ALIKE, "YouthEducationStatus": 3}),
        ("delete_empty_enrollments", STAYS | {"Services": 1, "CurrentLivingSituation": 2}),
        ("duplicate_primary_keys", {**ALIKE, "Assessment": 2}),
        ("enrollment_with_deletes_test_files", {"Client": 2, "Enrollment": 2, "Services": 15, "Exit": 1}),
        ("ensure_relationships", {"Client": 18, "Enrollment": 31, "Exit": 3}),
        ("fix_household_ids", {"Client": 8, "Enrollment": 21, "Exit": 3}),
        ("forced_prioritization_placement_status", {**ALIKE, "YouthEducationStatus": 3}),
        ("household_coc_propagation", {"Client": 2, "Enrollment": 2}),
        ("incoming_older_processing", {}),
        ("loader_errors", {"Client": 131}),
        ("make_sole_member_hoh", {"Client": 6, "Enrollment": 6}),
        ("missing_total_income", {"Client": 1, "Enrollment": 3, "IncomeBenefits": 3}),
    ],
)
def test_a_set_is_in_as_it_was_sent(take: Take, source: Source, name: str, live: dict[str, int]) -> None:
    """What Open Path repairs is kept as sent; the one set of a victim service provider is not kept at all."""
    take(name)
    assert Counter(key.partition("/")[0] for key in source.records()) == live


class TestOneSetAfterAnother:
    def test_removes_the_enrollments_that_are_missing_and_not_one_that_ended_before_its_days(
        self, take: Take, source: Source
    ) -> None:
        take("enrollment_test_files", "enrollment_test_files_subset")
        assert source.keys_of("Enrollment") == {"557331", "557890", "622377"}
        assert len(source.keys_of("Client")) == 3

    def test_brings_back_what_had_been_deleted(self, take: Take, source: Source) -> None:
        take("enrollment_test_with_restores_initial_files")
        assert source.keys_of("Enrollment") == set()

        take("enrollment_test_with_restores_update_files")
        assert source.keys_of("Enrollment") == {"1-1", "1-2"}

    def test_leaves_what_an_older_row_says_otherwise(self, take: Take, source: Source) -> None:
        take("enrollment_test_files")
        before = source.records()["Enrollment/557331"]
        take("enrollment_change_files")
        assert source.records()["Enrollment/557331"] == before

    @pytest.mark.parametrize(("name", "changes"), [("older", False), ("same_day", True), ("newer", True)])
    @pytest.mark.parametrize("folder", ["", "export_date_fixtures/"])
    def test_changes_a_row_of_the_same_day_or_a_later_one(
        self, take: Take, folder: str, name: str, changes: bool
    ) -> None:
        report = take(f"{folder}date_updated_initial", f"{folder}date_updated_{name}")
        assert (report.stored > 0, report.removed) == (changes, 0)

    @pytest.mark.parametrize("name", ["user", "organization", "project"])
    def test_removes_no_user_organization_or_project(self, take: Take, name: str) -> None:
        report = take("mutable_test/baseline", f"mutable_test/{name}")
        assert (report.refused, report.removed) == (False, 0)
