"""Entries as files: CSV or JSON Lines, a line at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Protocol, Unpack

from hub.store.audit.commitments import canonical
from hub.store.audit.log import Entry, Wanted
from schemas.vocab.word import Word

COLUMNS = ("seq", "id", "at", "actor", "participant", "act", "subject", "details")


class Form(Word):
    """Form of an export."""

    CSV = "csv", "Comma-separated (RFC 4180) with a header; details as JSON in one column."
    JSON_LINES = "jsonl", "One JSON object a line."


class Readable(Protocol):
    """The log, or as much of it as a reader may see."""

    def walk(self, **wanted: Unpack[Wanted]) -> Iterator[Entry]: ...


def export(log: Readable, form: Form, **wanted: Unpack[Wanted]) -> Iterator[str]:
    """The lines of an export, each with its end, oldest entry first; times in UTC."""
    entries = log.walk(**wanted)
    return _csv(entries) if form is Form.CSV else map(_json, entries)


def _json(entry: Entry) -> str:
    return canonical(entry.model_dump(mode="json")).decode() + "\n"


def _csv(entries: Iterator[Entry]) -> Iterator[str]:
    yield _csv_line(COLUMNS)
    for entry in entries:
        values = entry.model_dump(mode="json") | {"details": canonical(entry.details).decode()}
        yield _csv_line([values[column] for column in COLUMNS])


def _csv_line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
