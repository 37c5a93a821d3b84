"""Each value by what its column asks for; each with the neighbour that is as it should be."""

from collections.abc import Callable

import pytest

from adapters.hmis.spec import fy2026
from schemas.messages import Problem, Severity

Rows = dict[str, list[dict[str, str]]]
Found = Callable[[Rows], list[Problem]]


def test_a_sound_set_has_no_problems(found: Found) -> None:
    assert found({name: [{}] for name in fy2026().tables if name != "Export"}) == []


@pytest.mark.parametrize(
    ("table", "field", "wrong", "right", "code"),
    [
        ("Client", "NameDataQuality", "", "1", "null"),
        ("Enrollment", "EnrollmentCoC", "", "XX-501", "null"),
        ("Client", "Sex", "7", "1", "list-value"),
        ("Client", "RaceNone", "0", "", "list-value"),
        ("Disabilities", "DisabilityResponse", "3", "1", "list-value"),
        ("Services", "TypeProvided", "11", "10", "list-value"),
        ("Enrollment", "EnrollmentCoC", "501", "XX-501", "pattern"),
        ("Funder", "Funder", "47", "46", "retired-code"),
        ("Client", "LastName", "L" * 51, "L" * 50, "too-long"),
        ("Client", "LastName", "é" * 51, "é" * 50, "too-long"),
        ("Client", "LastName", "Lind {Jr}", "Lind (Jr)", "characters"),
        ("Services", "FAAmount", "plenty", "120.00", "number"),
        ("IncomeBenefits", "TotalMonthlyIncome", "-5.00", "0.00", "number"),
        ("Enrollment", "ChildWelfareMonths", "1.5", "1", "number"),
        ("Client", "DOB", "1980-02-30", "1980-02-28", "date"),
        ("Client", "DOB", "02-28-1980", "1980-02-28", "date-form"),
        ("Client", "DateUpdated", "yesterday", "2026-02-20 10:00:00", "date"),
        ("Client", "DateUpdated", "2026-02-20", "2026-02-20 10:00:00.123", "date-only"),
        ("Client", "DateUpdated", "2026-02-20T10:00:00", "2026-02-20 10:00:00", "date-form"),
        ("Client", "DateUpdated", "2026-01-04 23:59:59", "2026-01-05 00:00:00", "backwards"),
        ("Client", "UserID", "u7", "u1", "unknown-user"),
        ("Client", "ExportID", "E2", "E1", "export-id"),
    ],
)
def test_a_value_is_remarked_on_and_its_neighbour_is_not(
    found: Found, table: str, field: str, wrong: str, right: str, code: str
) -> None:
    (problem,) = found({table: [{field: wrong}]})
    assert (problem.file, problem.line, problem.field, problem.code) == (f"{table}.csv", 2, field, code)
    assert problem.severity is Severity.WARNING
    assert found({table: [{field: right}]}) == []


@pytest.mark.parametrize(
    ("table", "change", "code", "severity"),
    [
        ("Event", {"EnrollmentID": "nowhere"}, "orphan", Severity.SET_ASIDE),
        ("Event", {"PersonalID": "c2"}, "orphan", Severity.SET_ASIDE),
        ("Event", {"EventDate": ""}, "date", Severity.SET_ASIDE),
        ("Event", {"EventDate": "someday"}, "date", Severity.SET_ASIDE),
        ("Funder", {"ProjectID": "nowhere"}, "orphan", Severity.SET_ASIDE),
    ],
)
def test_a_row_that_cannot_be_placed_is_set_aside_and_nothing_else_is_said_of_it(
    found: Found, table: str, change: dict[str, str], code: str, severity: Severity
) -> None:
    (problem,) = found({table: [{**change, "UserID": "u7"}]})
    assert (problem.file, problem.line, problem.code, problem.severity) == (f"{table}.csv", 2, code, severity)
