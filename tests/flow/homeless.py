"""The county's HMIS sends again: parts of the set that it sent first, changed."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from hub.demo.county import Story
from hub.demo.play import HMIS
from hub.flow import intake
from hub.flow.report import Report
from hub.store.db import transaction
from hub.store.directory import Directory
from schemas.messages import RawMessage
from tests.flow.conftest import Hub

FEED = "hmis-csv"
Row = dict[str, str]
Change = Callable[[Row], Mapping[str, str]]


class Sender:
    """The county's HMIS, with the files that it sent first."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._folder = next(file.path for file in hub.home.county.files if file.source == HMIS)

    def rows(self, table: str) -> list[Row]:
        return list(_rows(self._folder / f"{table}.csv"))

    def personal_ids(self, one: Story) -> set[str]:
        """As whom the HMIS knows the person of a story."""
        return {row["PersonalID"] for row in self.rows("Client") if row["LastName"] == one.family}

    def agree(self, definition: str) -> None:
        """Adds to the definition of the feed."""
        with transaction(self.hub.engine) as session:
            directory = Directory(session)
            before = directory.definition(HMIS, FEED) or ""
            directory.define_feed(HMIS, FEED, f"{before}\n{definition}")

    def send(self, *tables: str, extra: Mapping[str, str] | None = None, **changes: Change) -> Report:
        """Sends these tables again, and those to which `changes` are made row by row; `extra` files as they are."""
        files = {name: self.rows(name) for name in ("Export", *tables, *changes)}
        for name, change in changes.items():
            files[name] = [{**row, **change(row)} for row in files[name]]
        texts = {f"{name}.csv": _text(rows) for name, rows in files.items()} | dict(extra or {})
        return self._read(_zipped(texts))

    def _read(self, content: bytes) -> Report:
        message = RawMessage(
            id=uuid4(), feed=FEED, source=HMIS, received_at=datetime.now(UTC), name="again.zip", content=content
        )
        with transaction(self.hub.engine) as session:
            receipt = intake.receive(session, self.hub.keys, message, actor="test")
        return intake.Reader(self.hub.at_work, self.hub.keys, auto_link=8.0).read(receipt.id)


@cache
def _rows(path: Path) -> tuple[Row, ...]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _text(rows: list[Row]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _zipped(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()
