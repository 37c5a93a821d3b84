"""An invented county as HMIS CSV, and the means to send it, whole or changed, through the feed."""

import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from adapters.base import Read, Sound
from adapters.hmis import HmisCsv
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, RawMessage
from schemas.sheaves import Sheaf

Files = dict[str, bytes]
Send = Callable[..., list[Read]]
Stream = Callable[..., Iterator[Read]]

CHECKOUT = Path(__file__).parents[3]
COUNTY = CHECKOUT / "tests" / "fixtures" / "hmis" / "county"
SHARED = Path(os.environ.get("HUB_SHARED_DATA", CHECKOUT.parent / "shared" / "data")) / "hmis"


@pytest.fixture
def county() -> Files:
    """Eight people, six projects, a victim service provider, and a sender with habits of its own."""
    return files_in(COUNTY)


@pytest.fixture(scope="session")
def stream() -> Stream:
    """Reads a file set, or bytes as they are, as a message received on 2026-03-01; one record at a time, unbound."""

    def stream(content: Mapping[str, bytes] | bytes, definition: str | None = None) -> Iterator[Read]:
        packed = content if isinstance(content, bytes) else zipped(content)
        for one in HmisCsv().read(message(packed, definition)):
            yield from unbound(one) if isinstance(one, Sheaf) else (one,)

    return stream


@pytest.fixture(scope="session")
def send(stream: Stream) -> Send:
    """The same, all at once."""
    return lambda content, definition=None: list(stream(content, definition))


@pytest.fixture(scope="session")
def examine() -> Callable[[Mapping[str, bytes]], list[Problem | Sound]]:
    """What is wrong with a file set, and how many rows are sound."""
    return lambda content: list(HmisCsv().examine(message(zipped(content), None)))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Files]:
    """The files of a published sample set; skips the test where the samples are absent."""

    def shared(name: str) -> Files:
        if not (SHARED / name).is_dir():
            pytest.skip(f"the sample set {name} is not beside this checkout; set HUB_SHARED_DATA")
        return files_in(SHARED / name)

    return shared


@pytest.fixture
def pack() -> Callable[[Mapping[str, bytes]], bytes]:
    return zipped


def unbound(sheaf: Sheaf) -> Iterator[CanonicalRecord]:
    """The records of a sheaf, each alone."""
    like = sheaf.like.model_dump(mode="json", exclude={"body", "as_sent"})
    for leaf in sheaf.leaves:
        said = {"key": leaf.key, "occurred_at": leaf.occurred_at, "updated_at": leaf.updated_at}
        subject = {**like["subject"], "value": leaf.subject}
        body, as_sent = orjson.loads(leaf.body), orjson.loads(leaf.as_sent or b"{}")
        yield CanonicalRecord.model_validate(
            {**like, **said, "subject": subject, "as_sent": as_sent, "body": body}, strict=False
        )


def files_in(directory: Path) -> Files:
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.csv"))}


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def message(content: bytes, definition: str | None) -> RawMessage:
    return RawMessage(
        id=UUID(int=1),
        feed="hmis-csv",
        source="marlow-coc",
        received_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        name="marlow.zip",
        content=content,
        definition=definition,
    )
