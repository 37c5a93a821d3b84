"""All checks of one file set: frame by frame, then what only the whole set can show."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

import polars as pl

from adapters.hmis.allowed import Allowed
from adapters.hmis.checks.days import dated
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.links import Links
from adapters.hmis.checks.listing import RULES, WHOLES
from adapters.hmis.checks.placement import Placement
from adapters.hmis.checks.roll import Files, Roll
from adapters.hmis.checks.rules import Rule, Rules
from adapters.hmis.checks.values import Values
from adapters.hmis.checks.wholes import problems
from adapters.hmis.export import Export
from adapters.hmis.frames import LINE
from adapters.hmis.kept import NOTHING, Kept
from adapters.hmis.report import Report
from adapters.hmis.spec import CURRENT, Specification, fy2026
from schemas.messages import Problem


class Checks:
    """The checks of a set. `missing` names, by table, the columns that a file lacks, which its header says once.

    `allowed` are the projects whose rows may enter, without it those of all; `kept` is what the set may refer to.
    """

    def __init__(
        self,
        files: Files,
        about: Export,
        missing: Mapping[str, Collection[str]],
        allowed: Allowed | None = None,
        kept: Kept = NOTHING,
    ) -> None:
        self._files = files
        self.roll = Roll(files, allowed, kept)
        self._placement = Placement(self.roll, of_delta=about.is_delta)
        self._rules = Rules(self.roll, [rule for rule in RULES if _is_asked(rule, files.specification)])
        self._diary = Diary(self.roll)
        self._links = Links(about.ids, self.roll.users, is_delta=self.roll.is_delta)
        self._calendar = cache(files.calendar)
        self._values = {
            table.name: Values(table, missing.get(table.name, ()), hashed=about.hashed)
            for table in files.specification.tables.values()
        }

    def see(self, name: str, frame: pl.DataFrame, report: Report, sent: pl.DataFrame | None = None) -> pl.DataFrame:
        """Takes note of what is wrong with the rows of a table; gives back those that may enter.

        Values are held against the lists and lengths of the set's own year, in the rows as `sent` (see
        `FileSet.pairs`); a frame of the current year is as it was sent.

        They come with a column more for every date (see `days.dated`). Of a row that may not enter nothing is said but
        that: neither what stood in it nor what was wrong with it.
        """
        table = fy2026().tables[name]
        admitted = self._placement.admit(table, dated(frame, table, self._calendar(name)), report)
        if admitted.height:
            self._values[name].see(self._as_sent(name, admitted, sent), report)
            self._links.see(table, admitted, report)
            self._rules.see(table, admitted, report)
            self._diary.see(name, admitted)
        return admitted

    def _as_sent(self, name: str, admitted: pl.DataFrame, sent: pl.DataFrame | None) -> pl.DataFrame:
        if sent is None or self._files.specification.year == CURRENT:
            return admitted
        rows = sent.join(admitted.select(LINE), on=LINE, how="semi")
        return dated(rows, self._files.specification.tables[name], self._calendar(name))

    def finish(self) -> Iterator[Problem]:
        """What only the whole set can show."""
        yield from problems(WHOLES, self.roll, self._diary)


def _is_asked(rule: Rule, year: Specification) -> bool:
    """Whether the format of that year had the column that the rule speaks of."""
    table = year.tables.get(rule.check.file or "")
    return table is None or rule.check.field is None or rule.check.field in table.columns
