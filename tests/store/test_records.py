"""A record that says the same is the same, whichever process writes it down."""

import os
import subprocess
import sys

import pytest

WRITE = """
from datetime import UTC, datetime
from uuid import UUID
from hub.store.crypto import Keys, Sealer
from hub.store.records import Identified, Records
from schemas.canonical import CanonicalRecord, SourceRow
from schemas.disclosure import InHmis, Party, Provenance, Received
from schemas.vocab import Capacity, Funding, ObtainedUnder, Sensitivity

origin = Party(organization="program", capacities=frozenset(Capacity))
obtained = Received(
    how="received", origin=origin, under=ObtainedUnder.TPO_CONSENT, consent=None, on="2026-01-01", notice_attached=True
)
record = CanonicalRecord(
    feed="test",
    key="Row/1",
    provenance=Provenance(obtained=obtained, hmis=InHmis(funding=frozenset(Funding))),
    sensitivity=frozenset(Sensitivity),
    body=SourceRow(table="Row", values={"b": "2", "a": "1"}),
)
records = Records(None, Keys(bytes(32)))
row = records._row("source", b"", Identified(record, UUID(int=1), "holder"), Sealer(bytes(32)), None, datetime.now(UTC))
print(row[7].hex())
"""


def written_with(seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(
        [sys.executable, "-c", WRITE], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("seed", [2, 3])
def test_a_set_is_written_alike_by_every_process(seed: int) -> None:
    assert written_with(seed) == written_with(1)
