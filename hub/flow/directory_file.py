"""A contact directory as a county keeps it in a table: CSV, a line an entry, columns by name.

```csv
agency,source,program,kind,value,hours,after-hours,since,until,as-of
open-door-shelter,,,phone,+1 555 0199,Mon-Fri 08:00-17:00; Sat 10:00-14:00,,,,2026-11-01
,riverbend-hmis,Project/31,phone,+1 555 0100,daily 06:00-22:00,no,2026-12-01,,
,riverbend-hmis,Project/31,phone,+1 555 0177,,yes,,,
```

A line is an agency's, or a program's by its source and that source's key of it. What is left blank is not said.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from schemas.documents import WHOLE, Fault, UnreadableDocument, faults_of
from schemas.listing import Listing

SHOWN = 20
"""More faults than this of one file help nobody."""


def read_listings(content: bytes, name: str) -> list[Listing]:
    """The entries of a file, all or none; raises `UnreadableDocument` with the line of each that is none."""
    found, faults = [], []
    for line, row in _rows(content, name):
        try:
            found.append(read_listing(row))
        except ValidationError as failure:
            faults += [_on(line, fault) for fault in faults_of(failure)]
        if len(faults) >= SHOWN:
            break
    if faults or not found:
        raise UnreadableDocument(name, faults[:SHOWN] or [Fault("line 2", "an entry")])
    return found


def read_listing(said: Mapping[str, object]) -> Listing:
    """An entry from what is said by the names of the columns; raises `ValidationError`."""
    given = {name: value for name, value in said.items() if value not in (None, "")}
    return Listing.model_validate({name.replace("-", "_"): value for name, value in given.items()})


def _rows(content: bytes, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        text = content.decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), restkey="more than the header names", strict=True)
        table.fieldnames = [column.strip().lower() for column in table.fieldnames or ()]
        for row in table:
            yield table.line_num, {column: _trimmed(value) for column, value in row.items()}
    except UnicodeDecodeError:
        raise UnreadableDocument(name, [Fault("the file", "text in UTF-8")]) from None
    except csv.Error:
        raise UnreadableDocument(name, [Fault(f"line {table.line_num}", "a line of CSV")]) from None


def _on(line: int, fault: Fault) -> Fault:
    return Fault(f"line {line}" if fault.where == WHOLE else f"line {line}, {fault.where}", fault.expected)


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value
