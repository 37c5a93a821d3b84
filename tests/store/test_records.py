"""A record that says the same is the same, whichever process writes it down."""

import os
import subprocess
import sys

import pytest

WRITE = """
from uuid import UUID
from hub.store.crypto import Keys
from hub.store.records import Identified
from hub.store.records.filing import filings
from hub.store.records.keeping import content_token
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
(filing,) = filings("source", [Identified(record, UUID(int=1), "holder")])
print(content_token(Keys(bytes(32)), filing).hex())
"""


def written_with(seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(
        [sys.executable, "-c", WRITE], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("seed", [2, 3])
def test_a_set_is_written_alike_by_every_process(seed: int) -> None:
    assert written_with(seed) == written_with(1)
