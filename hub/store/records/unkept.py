"""A record that is made for one question and not kept, as it would stand among those that are."""

from datetime import datetime
from uuid import uuid5

from hub.store.records.filing import Identified
from hub.store.records.rows import RecordRow
from schemas.showing import shown


def as_row(one: Identified, *, at: datetime) -> RecordRow:
    """What a decision looks at; nothing is sealed in it. The same record held by the same has the same id."""
    record = one.record
    return RecordRow(
        id=uuid5(one.person_id, f"{one.holder}|{record.key}"),
        person_id=one.person_id,
        source=one.holder,
        holder=one.holder,
        feed=record.feed,
        kind=record.body.kind,
        key_token=b"",
        content_token=b"",
        learned_at=at,
        provenance=record.provenance.model_dump(mode="json", exclude_defaults=True),
        contents={category: list(fields) for category, fields in shown(record.body, record.reveals).items()},
        sensitivity=sorted(record.sensitivity),
        sealed=b"",
    )
