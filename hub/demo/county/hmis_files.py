"""HMIS CSV as files: HUD's 24 names and columns (FY2026), strings quoted, numbers and dates bare, nothing for null."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TextIO

_BUFFER = 1 << 18


@cache
def columns() -> Mapping[str, Mapping[str, str]]:
    """Each file's columns in HUD's order, with their type: string, integer, date, datetime, money."""
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("hmis_columns.json").read_text("utf-8"))
    return found


class _Table:
    """One file being written. All its rows fill the same columns; the others stay empty."""

    def __init__(self, name: str, file: TextIO) -> None:
        self._types = columns()[name]
        self._file = file
        self._row = ""
        file.write(",".join(f'"{column}"' for column in self._types) + "\r\n")

    def write(self, row: Mapping[str, object]) -> None:
        self._row = self._row or self._template(row)
        self._file.write(self._row % row)

    def _template(self, row: Mapping[str, object]) -> str:
        unknown = row.keys() - self._types.keys()
        if unknown:
            raise KeyError(f"not a column of this file: {', '.join(sorted(unknown))}")
        cells = (_cell(column, kind) if column in row else "" for column, kind in self._types.items())
        return ",".join(cells) + "\r\n"


def _cell(column: str, kind: str) -> str:
    return f'"%({column})s"' if kind == "string" else f"%({column})s"


class HmisFiles:
    """The 24 files of one export in a folder; those that get no row hold their header only."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._open = ExitStack()
        self._tables = {name: _Table(name, self._new(folder / f"{name}.csv")) for name in columns()}

    def _new(self, path: Path) -> TextIO:
        return self._open.enter_context(path.open("w", encoding="utf-8", newline="", buffering=_BUFFER))

    def write(self, file: str, row: Mapping[str, object]) -> None:
        """One row; a value that is None would be written as a word, so nothing is ""."""
        self._tables[file].write(row)

    def close(self) -> None:
        self._open.close()
