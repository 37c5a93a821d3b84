"""The county's HMIS in the story: it takes rows at its csvimport, and its staff see them in their own system."""

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from adapters.hmis import HmisCsv
from adapters.hmis.spec import fy2026
from hub.demo.partner import Partner
from hub.flow.kept import Kept
from hub.flow.pipeline import check
from hub.flow.rows_back import ROWS
from hub.flow.writeback import FEED_OF_HMIS
from hub.store.crypto import Keys
from hub.store.directory import Directory
from schemas.messages import Problem, RawMessage
from schemas.vocab import ConsentKind, Statement

Row = Mapping[str, str]
TOLD = ("Event", "CurrentLivingSituation", "Assessment")
_ACCEPTED = "1"


class Hmis(Partner):
    """The vendor's system: a row that comes again under its key takes the place of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, Row]] = {table: {} for table in TOLD}
        self.newest = b""

    def understand(self, body: bytes) -> dict[str, object]:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for table, known in self.rows.items():
                spec = fy2026().tables[table]
                sheet = csv.DictReader(io.StringIO(archive.read(spec.file).decode()))
                known.update({row[spec.key]: row for row in sheet})
        self.newest = body
        return {"type": ROWS}

    def sees_the_referral_accepted(self, *, within: float) -> bool:
        """Whether it has been told; waits so many seconds for it."""
        with self._told:
            return self._told.wait_for(self._has_accepted, timeout=within)

    def _has_accepted(self) -> bool:
        return any(row["ReferralResult"] == _ACCEPTED for row in self.rows["Event"].values())

    def faults(self, session: Session, keys: Keys, source: str) -> tuple[Problem, ...]:
        """What the hub's own checker finds in the newest set, held against what the HMIS sent before."""
        message = RawMessage(
            id=uuid4(),
            feed=FEED_OF_HMIS,
            source=source,
            received_at=datetime.now(UTC),
            name="handoffs.zip",
            media_type="application/zip",
            content=self.newest,
            definition=Directory(session).definition(source, FEED_OF_HMIS),
        )
        earlier = Kept(session, keys, source=source, feed=FEED_OF_HMIS)
        return tuple(check(message, HmisCsv(), earlier=earlier).problems)


def takes_rows_at(session: Session, source: str, url: str, *, time_zone: str) -> None:
    """Registers where an HMIS takes rows; from then on every step of a handoff is queued for it."""
    Directory(session).define_feed(source, FEED_OF_HMIS, f'timezone = "{time_zone}"\ncsvimport = "{url}"')


def authorization(person: Mapping[str, str], teller: str, hmis: str) -> dict[str, Any]:
    """The person lets a crisis team tell their HMIS (45 CFR 164.508), where all who take part in it see it."""
    today = datetime.now(UTC).date()
    return {
        "person": dict(person),
        "consent": {
            "id": "demo-tell-the-hmis",
            "kind": ConsentKind.HIPAA_AUTHORIZATION,
            "disclosers": [{"organization": teller}],
            "information": {"all": True},
            "recipients": [{"organization": hmis}],
            "purposes": ["TREAT", "COC"],
            "expiration": {"date": date(today.year + 1, 12, 31).isoformat()},
            "signatures": [{"by": "subject", "method": "electronic", "on": (today - timedelta(days=1)).isoformat()}],
            "statements": [Statement.RIGHT_TO_REVOKE, Statement.CONDITIONING, Statement.REDISCLOSURE_RISK],
        },
    }
