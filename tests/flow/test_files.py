"""Files and folders as messages, and messages that are too large to be held."""

import io
import os
import zipfile
from pathlib import Path
from threading import Thread
from typing import IO

import pytest
from sqlalchemy import Engine

from adapters.hmis import HmisCsv
from hub.errors import Conflict, NotFound, TooLarge
from hub.flow.files import from_path
from hub.store.chunks import CHUNK
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.messages import Messages
from schemas.content import Content
from schemas.messages import RawMessage

COUNTY = Path(__file__).parents[1] / "fixtures" / "hmis" / "county"


def message(path: Path, limit: int = 1 << 30) -> RawMessage:
    return from_path(path, feed="hmis-csv", source="marlow-coc", limit=limit)


def kept(engine: Engine, keys: Keys, sent: RawMessage) -> RawMessage:
    """The message as it is read after it was sealed."""
    with transaction(engine) as session:
        if session.get(ParticipantRow, sent.source) is None:
            Directory(session).add(ParticipantRow(slug=sent.source, name="Marlow", capacities=["hmis-lead"]))
        messages = Messages(session, keys)
        messages.keep(sent)
    with transaction(engine) as session:
        messages = Messages(session, keys)
        return messages.open(messages.row(sent.id))


class Growing(Content):
    """A file that somebody writes to."""

    def __init__(self) -> None:
        self.held = b""

    def open(self) -> IO[bytes]:
        self.held += b"more"
        return io.BytesIO(self.held)


class TestFromPath:
    def test_gives_the_same_bytes_for_the_same_folder(self) -> None:
        assert message(COUNTY).content == message(COUNTY).content

    def test_gives_a_zip_of_the_folder(self) -> None:
        with zipfile.ZipFile(io.BytesIO(message(COUNTY).content)) as packed:
            assert {name: packed.read(name) for name in packed.namelist()} == {
                file.name: file.read_bytes() for file in COUNTY.iterdir()
            }

    def test_of_a_folder_reads_as_its_zip_does(self, tmp_path: Path) -> None:
        (tmp_path / "county.zip").write_bytes(message(COUNTY).content)
        folder, packed = (HmisCsv().examine(message(path)) for path in (COUNTY, tmp_path / "county.zip"))
        assert list(folder) == list(packed)

    def test_of_nothing_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="no file"):
            message(tmp_path / "gone.zip")

    def test_of_too_much_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "big.zip").write_bytes(b"0" * 1001)
        with pytest.raises(TooLarge, match="1000 bytes"):
            message(tmp_path / "big.zip", limit=1000)
        with pytest.raises(TooLarge, match="1000 bytes"):
            message(tmp_path, limit=1000)


class TestALargeMessage:
    @pytest.fixture
    def large(self, tmp_path: Path) -> Path:
        path = tmp_path / "large.zip"
        path.write_bytes(os.urandom(2 * CHUNK + 17))
        return path

    def test_is_read_from_anywhere_and_by_several(self, engine: Engine, keys: Keys, large: Path) -> None:
        sealed = kept(engine, keys, message(large))
        expected = large.read_bytes()
        streams = [sealed.open(), sealed.open()]
        assert streams[0].seek(-20, io.SEEK_END) == len(expected) - 20
        assert streams[0].read() == expected[-20:]
        assert streams[0].seek(CHUNK - 3) == CHUNK - 3
        assert streams[0].read(6) == expected[CHUNK - 3 : CHUNK + 3]
        found: list[bytes] = []
        reader = Thread(target=lambda: found.append(streams[1].read()))
        reader.start()
        reader.join()
        assert found == [expected] == [sealed.content]

    def test_sent_again_is_the_first(self, engine: Engine, keys: Keys, large: Path) -> None:
        first = message(large)
        kept(engine, keys, first)
        with transaction(engine) as session:
            again = Messages(session, keys).keep(message(large))
        assert (again.id, again.duplicate) == (first.id, True)

    def test_that_changes_while_it_is_read_is_not_taken(self, engine: Engine, keys: Keys, large: Path) -> None:
        written_to = message(large).model_copy(update={"held": Growing()})
        with pytest.raises(Conflict, match="changed"):
            kept(engine, keys, written_to)
        with transaction(engine) as session, pytest.raises(NotFound):
            Messages(session, keys).row(written_to.id)

    def test_that_was_destroyed_meanwhile_is_not_there(self, engine: Engine, keys: Keys, large: Path) -> None:
        sealed = kept(engine, keys, message(large))
        with transaction(engine) as session:
            messages = Messages(session, keys)
            messages.shred(messages.row(sealed.id))
        with pytest.raises(NotFound, match="destroyed"):
            sealed.open().read()
