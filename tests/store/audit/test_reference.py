"""Go's reference code, which knows nothing of ours, believes our checkpoints and proofs, and no changed one."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from hub.store import db, merkle
from hub.store.audit import Act, AuditLog, Draft, checkpoint, prove, sequence, tree
from hub.store.checkpoints import Signer
from hub.store.crypto import Keys

GOPATH = Path("/usr/share/gocode")
PROGRAM = Path(__file__).with_name("reference") / "check.go"
SIZES = (1, 2, 3, 7, 8, 9, 31, 32, 33, 100)

pytestmark = [
    pytest.mark.skipif(shutil.which("go") is None, reason="needs Go: apt-get install golang-go"),
    pytest.mark.skipif(
        not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").exists(),
        reason="needs Go's reference code: apt-get install golang-golang-x-mod-dev",
    ),
]

Claim = dict[str, Any]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from Debian's sources alone."""
    built = tmp_path_factory.mktemp("go") / "check"
    alone = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(built.parent / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", built, PROGRAM], check=True, env={**os.environ, **alone}, timeout=300)
    return built


@pytest.fixture
def notes(engine: Engine, keys: Keys) -> list[str]:
    """Checkpoints of many sizes of one log."""
    at, signed, before = datetime(2026, 6, 15, 2, 10, tzinfo=UTC), [], 0
    for size in SIZES:
        with db.transaction(engine) as session:
            drafts = [Draft(Act.CONTACT_ASKED, at, "ana", details={"n": n}) for n in range(before, size)]
            AuditLog(session, keys).append_many(drafts)
        sequence(engine)
        signed.append(checkpoint(engine, keys, at).note)
        before = size
    return signed


@pytest.fixture
def key(keys: Keys) -> str:
    return str(Signer(keys.derive("audit-signing")).verifier)


@pytest.fixture
def inclusions(notes: list[str], key: str, session: Session, keys: Keys) -> list[Claim]:
    bundles = [prove(session, keys, seq) for seq in range(SIZES[-1])]
    return [
        {"key": key, "note": one["checkpoint"], "index": one["seq"], "leaf": one["leaf"], "path": one["path"]}
        for one in bundles
    ]


@pytest.fixture
def extensions(notes: list[str], key: str, engine: Engine) -> list[Claim]:
    with engine.connect() as connection:
        hashes = tree.StoredHashes(connection)
        spans = [*zip(SIZES, notes, strict=True)]
        pairs = [*pairwise(spans), *((one, spans[-1]) for one in spans)]
        return [
            {
                "key": key,
                "note": newer,
                "older": older,
                "path": [part.hex() for part in merkle.consistency(old, new, hashes)],
            }
            for (old, older), (new, newer) in pairs
        ]


def judged(reference: Path, claims: Sequence[Claim]) -> list[str]:
    lines = "".join(json.dumps(claim) + "\n" for claim in claims)
    return subprocess.run([reference], input=lines, capture_output=True, text=True, check=True).stdout.split()


def changed(claim: Claim) -> list[Claim]:
    """The same claim with one thing wrong at a time."""
    first, *rest = claim["path"]
    flipped = ("0" if first[0] != "0" else "1") + first[1:]
    size = claim["note"].split("\n")[1]
    return [
        {**claim, "path": [flipped, *rest]},
        {**claim, "path": rest},
        {**claim, "path": [*claim["path"], first]},
        {**claim, "note": claim["note"].replace(f"\n{size}\n", f"\n{int(size) + 1}\n")},
        {**claim, "key": str(Signer(b"\x08" * 32).verifier)},
    ]


class TestGo:
    def test_believes_that_each_entry_is_in_the_log(self, reference: Path, inclusions: list[Claim]) -> None:
        assert judged(reference, inclusions) == ["holds"] * len(inclusions)

    def test_believes_that_each_checkpoint_extends_those_before(self, reference: Path, extensions: list[Claim]) -> None:
        assert judged(reference, extensions) == ["holds"] * len(extensions)

    def test_refuses_what_was_changed(self, reference: Path, inclusions: list[Claim], extensions: list[Claim]) -> None:
        wrong = [one for claim in [*inclusions, *extensions] if claim["path"] for one in changed(claim)]
        wrong += [{**claim, "index": (claim["index"] + 1) % SIZES[-1]} for claim in inclusions]
        wrong += [{**claim, "leaf": claim["leaf"][:-2] + "00"} for claim in inclusions if claim["leaf"][-2:] != "00"]

        assert judged(reference, wrong) == ["refused"] * len(wrong)
