"""Handoffs pushed to the HMIS of those who are handed over, by parcels of the outbox.

Every step of every handoff is queued for every HMIS that takes rows, whoever the person is: who hands somebody over
learns neither in words nor by the time it takes whether an HMIS knows them. What may be told is decided when the parcel
is taken up, and again when its first byte is about to leave.
"""

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, select

from adapters.hmis.definition import definition
from adapters.hmis.out import HmisExport
from adapters.webhook import signed
from hub.flow.writeback import FEED_OF_HMIS, Writeback, Written, about_of
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory, FeedRow, webhook_place
from hub.store.handoffs import HandoffRow
from hub.store.parcels import ParcelRow, Parcels
from schemas.messages import OutboundMessage
from schemas.vocab import Purpose

ROWS = "hmis.rows"
"""The event of a parcel that holds a handoff's rows for an HMIS."""


def queue(session: Session, keys: Keys, handoff: HandoffRow, *, at: datetime) -> None:
    """Queues what became of a handoff for every HMIS that takes rows."""
    for source in sorted(_receivers(session)):
        parcel = ParcelRow(
            id=uuid4(),
            recipient=source,
            event=ROWS,
            handoff_id=handoff.id,
            person_id=handoff.person_id,
            purpose=Purpose.COC,
            queued_at=at,
            not_before=at,
        )
        Parcels(session).queue(parcel)
        AuditLog(session, keys).append(
            Act.PARCEL_QUEUED,
            at=at,
            actor="hub:worker",
            participant=source,
            subject=handoff.person_id,
            details={"parcel": str(parcel.id), "event": ROWS, "handoff": str(handoff.id)},
        )


def _receivers(session: Session) -> list[str]:
    rows = session.exec(select(FeedRow).where(FeedRow.feed == FEED_OF_HMIS)).all()
    return [row.source for row in rows if definition(row.definition).csvimport is not None]


class RowsBack:
    """One parcel's rows, as they may be told now."""

    def __init__(self, session: Session, keys: Keys, parcel: ParcelRow, *, at: datetime) -> None:
        self._keys = keys
        self._parcel = parcel
        self._back = Writeback(session, keys, parcel.recipient, at=at)
        self._handoff = session.get_one(HandoffRow, parcel.handoff_id)
        self._written: Written | None = self._back.of(self._handoff)
        self.answer = self._back.nothing() if self._written is None else self._written.answer
        self.url = self._back.agreed.csvimport
        self._partner = Directory(session).participant(parcel.recipient)

    def message(self) -> OutboundMessage:
        """The signed zip; its ExportID is the parcel's, the same on every attempt."""
        if self._written is None:
            raise ValueError("the person is not enrolled there, so there is nothing to tell")
        day = self._handoff.offered_at.astimezone(self._back.zone).date()
        about = about_of(self._back, day, implementation="handoff-hub", export_id=self._parcel.id.hex)
        outlet = HmisExport(about, self._written.places, complete=self._back.agreed.complete)
        secret = self._keys.accounts.open(self._partner.sealed_webhook_secret or b"", webhook_place(self._partner.slug))
        return signed(outlet.write(self._written.cleared), secret, delivery=str(self._parcel.id), at=self._back.at)

    def record(self, actor: str) -> None:
        """Puts on record what is about to be told."""
        if self._written is not None:
            self._back.record(self._written, actor=actor, export=self._parcel.id.hex)
