"""Which year's format a file set is in: by what Export.csv says of it, and by the columns it has."""

import re
from collections.abc import Collection, Mapping
from functools import reduce

from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault
from adapters.hmis.spec import YEARS

_NAMED = re.compile(r"(20\d\d)\b.*")
_TOLD_BY = {
    "client": {
        2026: {"sex", "hispaniclatinao"},
        2024: {"woman", "man", "nonbinary"},
        2022: {"female", "male", "nosinglegender"},
        2020: {"gender"},
    },
    "enrollment": {2026: {"mentalhealthconsultation"}},
}
_ONLY_UNTIL_2022 = "enrollmentcoc"
_READ = ", ".join(f"FY{year}" for year in YEARS[:-1]) + f" or FY{YEARS[-1]}"


def recognized(named: str, headers: Mapping[str, Collection[str]]) -> tuple[int, Fault | None]:
    """The year of a set out of `YEARS`, with a warning where Export.csv names another.

    `headers` gives the columns of each file by its table; case does not matter. The columns decide: some senders
    forget to change the version's name. Refuses a set whose files are of different years, one of a year that is not
    read, and one whose version has no year.
    """
    match = _NAMED.fullmatch(named.strip())
    if match is None:
        raise refusal("Export.csv, CSVVersion", f"a version of {_READ}, such as 2026 v1", code="csv-version")
    year = _year(int(match[1]), _told(headers))
    if year not in YEARS:
        raise refusal("Export.csv, CSVVersion", f"{_READ}; a set of another year is not read", code="csv-version")
    if match[1] == str(year):
        return year, None
    return year, Fault("csv-version", f"{year} v1; the columns are those of that version", field="CSVVersion")


def _told(headers: Mapping[str, Collection[str]]) -> list[set[int]]:
    """For each file whose columns tell of its year, the years that they tell of."""
    columns = {table.lower(): {column.lower() for column in header} for table, header in headers.items()}
    told = [
        {year for year, marks in by_year.items() if marks & columns.get(table, set())}
        for table, by_year in _TOLD_BY.items()
    ]
    if not any(told) and _ONLY_UNTIL_2022 in columns:
        return [{2022}]
    return [years for years in told if years]


def _year(named: int, told: list[set[int]]) -> int:
    if not told:
        return named
    common = reduce(set.intersection, told)
    if named in common:
        return named
    if len(common) != 1:
        raise refusal("zip", "files of one version; columns of different years were found", code="csv-version")
    return common.pop()
