"""Privacy flags in a file of their own, where a vendor does not keep them with the client or the enrollment.

```toml
[[privacy_file]]
file = "ClientFlags"         # without .csv
key = "FlagID"
of = "Client"                # or Enrollment: what the flags are about
id = "PersonalID"            # the column that says which one; left out: HUD's own name of it
column = "Private"
open = ["", "0", "no"]       # what says that nothing is to be kept back; anything else keeps it back
```

Of several rows about one the most careful counts. A file that does not come, lacks the column or has a row that cannot
be read could hide a flag, so it closes all; and in a delta, which says nothing of what it leaves out, so does silence.
"""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from adapters.hmis.extra import ExtraFile
from adapters.hmis.fileset import FileSet
from adapters.hmis.report import Fault, Report
from schemas.messages import Problem

KEYS: Mapping[str, str] = {"Client": "PersonalID", "Enrollment": "EnrollmentID"}
OPEN = ("", "0", "f", "false", "n", "no")
MISSING = Fault("privacy-file", "the file that says what is private, with its column; without it every row is private")


class PrivacyFile(ExtraFile):
    """Which file flags what; `id` is the column with the PersonalID or the EnrollmentID."""

    of: Literal["Client", "Enrollment"]
    id: str | None = None
    column: str
    open: tuple[str, ...] = OPEN

    @property
    def placed_by(self) -> tuple[str, ...]:
        return (self.key, self.names)

    @property
    def names(self) -> str:
        """The column that says which client or enrollment a row is about."""
        return self.id or KEYS[self.of]


class Flags:
    """What one file says: whom it flags, and of whom it speaks at all. What is wrong with it closes all."""

    def __init__(self, file: PrivacyFile, files: FileSet) -> None:
        self._report = Report(f"{file.file}.csv")
        self._flagged: set[str] = set()
        self._named: set[str] = set()
        if files.has(file.file) and not files.missing(file, [file.column]):
            self._hear(file, files)
        else:
            self._report.add(MISSING)
        self.problems: list[Problem] = [*self._report.told(), *self._report.rest()]
        """A file that closes all does so for a reason that its sender hears."""

    def _hear(self, file: PrivacyFile, files: FileSet) -> None:
        closed = ~pl.col(file.column).str.to_lowercase().is_in([value.lower() for value in file.open])
        for frame in files.beside(file, [file.column], self._report):
            self._named.update(frame[file.names])
            self._flagged.update(frame.filter(closed)[file.names])

    def covers(self, key: str, *, silence: bool) -> bool:
        """Whether the one of that key is to be kept back; `silence`: also where the file does not speak of it."""
        return bool(self.problems) or key in self._flagged or (silence and key not in self._named)
