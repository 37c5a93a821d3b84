"""Whom a sender's own columns mark as private: a person, or a single enrollment.

HUD's format has no such column, and every vendor has one of its own. The definition of the feed says which; a flag may
stand in a file of its own too (see `flags`), and one mark is enough:

```toml
[[privacy]]
file = "Client"            # or Enrollment; every mark there counts
column = "Private"         # the heading as the sender writes it
open = ["", "0", "no"]     # what says that nothing is to be kept back; anything else keeps it back
```
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

import polars as pl

from adapters.hmis.fileset import FileSet
from adapters.hmis.flags import KEYS, OPEN, Flags, PrivacyFile
from adapters.hmis.frames import EXTRA
from schemas.frozen import Frozen
from schemas.messages import Problem, Severity


class PrivacyColumn(Frozen):
    """Where a sender marks what is private. A column that the file does not have marks all of its rows."""

    file: Literal["Client", "Enrollment"]
    column: str
    open: tuple[str, ...] = OPEN

    def marked(self, frame: pl.DataFrame) -> Iterable[str]:
        """The keys of the rows whose value is none of the open ones, whatever their case."""
        heading = self._heading(frame.columns)
        key = frame[KEYS[self.file]]
        if heading is None:
            return key
        return key.filter(~frame[heading].str.to_lowercase().is_in([value.lower() for value in self.open]))

    def is_there(self, frame: pl.DataFrame) -> bool:
        return self._heading(frame.columns) is not None

    def _heading(self, columns: Iterable[str]) -> str | None:
        known = {name.removeprefix(EXTRA).lower(): name for name in columns}
        return known.get(self.column.lower())


class PrivacyMarks:
    """The people and enrollments that a set marks as private; of a delta also those whom a file of flags leaves out."""

    def __init__(
        self,
        files: FileSet,
        columns: Iterable[PrivacyColumn],
        beside: Iterable[PrivacyFile] = (),
        *,
        is_delta: bool = False,
    ) -> None:
        self._files = files
        self._is_delta = is_delta
        self._flags = {table: [Flags(file, files) for file in beside if file.of == table] for table in KEYS}
        self._marked: dict[str, set[str]] = {table: set() for table in KEYS}
        self._missing: list[PrivacyColumn] = []
        for column in columns:
            self._hear(column)

    def cover(self, table: str, key: str) -> bool:
        """Whether this very row is marked."""
        flags = self._flags.get(table, ())
        return key in self._marked.get(table, ()) or any(one.covers(key, silence=self._is_delta) for one in flags)

    def problems(self) -> Iterator[Problem]:
        """A column that was agreed and did not come closes its file, and the sender hears of it."""
        for column in self._missing:
            yield Problem(
                file=f"{column.file}.csv",
                code="privacy-column",
                severity=Severity.WARNING,
                field=column.column,
                expected="the column that says what is private; without it every row counts as private",
            )

        for flags in chain.from_iterable(self._flags.values()):
            yield from flags.problems

    def _hear(self, column: PrivacyColumn) -> None:
        is_there = True
        for frame in self._files.frames(column.file):
            is_there = column.is_there(frame)
            self._marked[column.file].update(column.marked(frame))
        if not is_there:
            self._missing.append(column)
