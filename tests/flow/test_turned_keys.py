"""A hub whose keys are turned while it runs, and the old ones dropped, answers as before, known and stranger."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.demo.county import Story
from hub.store import audit
from hub.store.crypto import KeyFile, Keys
from hub.store.rotation import drop, seal_anew, turn, turning
from tests.flow.conftest import CountyHome, Hub, Partner, opened

MASTER = b"\x07" * 32


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyFile:
    """The county's keys in a file that can be turned."""
    monkeypatch.setattr(turning, "SETTLE", 0.01)
    (tmp_path / "keys.json").write_text(json.dumps({"master": MASTER.hex()}))
    (tmp_path / "keys.json").chmod(0o600)
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def running(home: CountyHome, file: KeyFile) -> Iterator[Hub]:
    with opened(replace(home, own_keys=Keys(file.read(), file))) as hub:
        yield hub


def turned(hub: Hub, file: KeyFile) -> None:
    """As `hub keys rotate` and `hub keys retire` do it."""
    other = KeyFile(file.path)
    old = other.read().sealing
    turn(other, datetime.now(UTC))
    done = seal_anew(hub.engine, Keys(other.read(), other))
    assert (done.unopened, done.left) == (0, 0)
    drop(hub.engine, other.read(), old, datetime.now(UTC))
    other.write(other.read().without(old))
    hub.keys.look()


def told(crisis: Partner, one: Story) -> dict[str, Any]:
    answer = crisis.ask(one)
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name not in {"query_id", "asked_at"}}


def test_answers_alike_before_and_after(
    running: Hub, file: KeyFile, marcus: Story, rosalind: Story, stranger: Story
) -> None:
    crisis = running.partner("harbor-mobile-crisis")
    before = [told(crisis, one) for one in (marcus, rosalind, stranger)]
    for _ in range(2):
        turned(running, file)
        assert [told(crisis, one) for one in (marcus, rosalind, stranger)] == before

    assert before[0]["contacts"]
    assert before[1] == before[2]
    audit.sequence(running.engine)
    audit.checkpoint(running.engine, running.keys, datetime.now(UTC))
    assert audit.verify(running.engine, running.keys).intact
