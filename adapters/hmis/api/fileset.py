"""A file set out of the API's JSON: the same zip of CSV files that a vendor would send, for the same feed to read.

The same JSON gives the same bytes, so that what is sent twice is noticed.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from adapters.hmis.api.values import Json, Line, as_text, column_of, headings, table_of
from adapters.hmis.refusal import refusal
from adapters.hmis.spec import Table
from schemas.frozen import Frozen

ENVELOPE = "envelope"
MOST_COLUMNS = 500
_FILE = re.compile(r"[\w .-]{1,96}\.csv", re.IGNORECASE)
DIRECTIVES = {"delta": "1", "full": "2"}
_Lines = TypeAdapter(list[dict[str, str | int | float | bool | None]])


class Envelope(Frozen):
    """What Export.csv says in a file set, for a sender that pushes rows without it."""

    model_config = ConfigDict(populate_by_name=True, strict=False)

    source: Annotated[str, Field(max_length=350)] = ""
    implementation_id: Annotated[str, Field(max_length=200)] = ""
    directive: Literal["delta", "full"] = "delta"
    since: date | datetime | None = None
    until: date | datetime | None = None


def from_json(content: bytes, agreed: Envelope) -> bytes:
    """The zip that JSON keyed by file name is; `agreed` is what counts where the sender does not say who it is.

    Raises `Unreadable` for what is none.
    """
    said = _object(content)
    envelope = _envelope(said.pop(ENVELOPE, None), agreed)
    files = {name: _lines(name, lines) for name, lines in said.items()}
    return packed(files, envelope)


def has_rows(content: bytes) -> bool:
    """Whether there is anything in it to read; raises `Unreadable` for what is no JSON object."""
    return any(lines for name, lines in _object(content).items() if name != ENVELOPE)


def packed(files: Mapping[str, Sequence[Line]], envelope: Envelope) -> bytes:
    """A zip of CSV files, Export.csv among them; a file that HUD does not name goes by its own."""
    texts = {_name(file): _csv(file, lines) for file, lines in files.items()}
    if len(texts) < len(files):
        raise refusal("message", "each file once", code="duplicate-file")
    if "Export.csv" not in texts:
        texts["Export.csv"] = _csv("Export.csv", [_export(envelope, files, texts)])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise refusal("message", "well-formed JSON, in UTF-8", code="not-json") from None
    if not isinstance(said, dict):
        raise refusal("message", "an object keyed by file name", code="not-a-file-set")
    return said


def _envelope(said: object, agreed: Envelope) -> Envelope:
    try:
        return Envelope.model_validate(said or {}).model_copy(update=_unsaid(said, agreed))
    except ValidationError:
        expected = "source, implementation_id, directive (delta or full), since and until"
        raise refusal(ENVELOPE, expected, code="envelope") from None


def _unsaid(said: object, agreed: Envelope) -> dict[str, Any]:
    known = said if isinstance(said, dict) else {}
    return {name: getattr(agreed, name) for name in ("source", "implementation_id") if not known.get(name)}


def _lines(file: str, lines: object) -> list[dict[str, Json]]:
    if not _FILE.fullmatch(file):
        raise refusal("message", "names of CSV files as its keys", code="not-a-file-set")
    try:
        found = _Lines.validate_python(lines)
    except ValidationError:
        place = "message" if table_of(file) is None else file
        raise refusal(place, "a list of objects of plain values", code="not-a-file-set") from None
    if len(headings(found)) > MOST_COLUMNS:
        raise refusal("message", f"at most {MOST_COLUMNS} columns in a file", code="too-many-columns")
    return list(found)


def _name(file: str) -> str:
    table = table_of(file)
    return file if table is None else table.file


def _csv(file: str, lines: Sequence[Line]) -> str:
    """Every column that HUD names, then the sender's own."""
    table = table_of(file)
    rows = [_row(table, line) for line in lines]
    columns = dict.fromkeys([*(table.columns if table else ()), *headings(rows)])
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(columns), restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _row(table: Table | None, line: Line) -> dict[str, str]:
    named = {name: (column_of(table.name, name) if table else None) or name for name in line}
    return {named[name]: as_text(value) for name, value in line.items()}


def _export(envelope: Envelope, files: Mapping[str, Sequence[Line]], texts: Mapping[str, str]) -> Line:
    """Dated by the newest row: the time of sending would make each sending another."""
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode())
    written = [as_text(line.get("DateUpdated")) for lines in files.values() for line in lines]
    return {
        "ExportID": digest.hexdigest()[:32],
        "SourceType": "1",
        "SourceID": envelope.source,
        "ExportDate": max(written, default=""),
        "ExportStartDate": _day(envelope.since),
        "ExportEndDate": _day(envelope.until),
        "SoftwareName": "HMIS API",
        "CSVVersion": "2026 v1",
        "ExportPeriodType": "1",
        "ExportDirective": DIRECTIVES[envelope.directive],
        "HashStatus": "1",
        "ImplementationID": envelope.implementation_id,
    }


def _day(moment: date | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
