"""The log for audit repositories that speak FHIR: each entry, as its reader may see it, as AuditEvents."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Unpack

from adapters.fhir.audit_events import PEOPLE, AuditEvent, audit_events
from hub.store.audit import Act, Entry, Wanted
from hub.store.ledgers import LogReader
from hub.store.ledgers.masking import pieces
from schemas.events import Decided, Event, Told

DECIDED = {
    Act.CONTACT_RELEASED: Decided.PERMIT,
    Act.HANDOFF_REVEALED: Decided.PERMIT,
    Act.HMIS_WRITTEN: Decided.PERMIT,
    Act.RECORDS_RELEASED: Decided.PERMIT,
    Act.RECORDS_WITHHELD: Decided.DENY,
    Act.CONTACT_WITHHELD: Decided.DENY,
    Act.HMIS_WITHHELD: Decided.DENY,
    Act.PARCEL_WITHHELD: Decided.DENY,
}
FAILED = frozenset(
    {
        Act.CONTACT_REFUSED,
        Act.RECORDS_REFUSED,
        Act.FEED_REFUSED,
        Act.PARCEL_FAILED,
        Act.USER_SIGN_IN_FAILED,
        Act.CLIENT_TOKEN_REFUSED,
    }
)
NOTHING_RELEASED = "Nothing was released; the asker was told nothing."
LOOKED_AT_ONCE = 2000
"""Entries that one search looks at before it says that there is more."""


class Sought(NamedTuple):
    """Which AuditEvents are wanted: as codes, with or without their system."""

    wanted: Wanted
    kind: str | None = None
    subtype: str | None = None
    outcome: str | None = None


class Page(NamedTuple):
    """AuditEvents, newest first, and the number of the last entry looked at where there may be more."""

    found: list[AuditEvent]
    more_after: int | None


def search(reader: LogReader, sought: Sought, *, after: int | None, count: int) -> Page:
    """A page of AuditEvents; those of one entry are never parted, so that it may be a little longer than asked."""
    found: list[AuditEvent] = []
    looked = 0
    while len(found) < count and looked < LOOKED_AT_ONCE:
        entries = reader.entries(after=after, limit=count, **sought.wanted)
        for entry in entries:
            found += [one for one in audit_events(event_of(entry)) if fits(one, sought)]
            after, looked = entry.seq, looked + 1
            if len(found) >= count:
                return Page(found, after)
        if len(entries) < count:
            return Page(found, None)
    return Page(found, after)


def numbered(reader: LogReader, seq: int, part: int) -> AuditEvent | None:
    """One AuditEvent of an entry; raises `NotFound` where there is no such entry."""
    events = list(audit_events(event_of(reader.entry(seq))))
    return events[part] if part < len(events) else None


def lines(reader: LogReader, **wanted: Unpack[Wanted]) -> Iterator[str]:
    """An export: an AuditEvent a line, oldest first (NDJSON)."""
    for entry in reader.walk(**wanted):
        for one in audit_events(event_of(entry)):
            yield one.model_dump_json(exclude_none=True) + "\n"


def event_of(entry: Entry) -> Event:
    """An entry that was cut to its reader, for telling."""
    details, own = entry.details, pieces(entry.details)
    decided = DECIDED.get(entry.act)
    return Event(
        number=entry.seq,
        at=entry.at,
        act=entry.act.value,
        meaning=entry.act.meaning,
        actor=entry.actor,
        organization=entry.participant,
        person=entry.subject,
        purpose=_text(details.get("purpose")),
        decided=decided,
        failed=entry.act in FAILED,
        reason=NOTHING_RELEASED if decided is Decided.DENY else None,
        papers=tuple(dict.fromkeys(paper for piece in own for paper in piece.get("rests_on", {}).get("consents", ()))),
        told=_told(own),
        recipient=_text(details.get("recipient")),
    )


def fits(event: AuditEvent, sought: Sought) -> bool:
    kinds = [event.type] if sought.kind is not None else []
    subtypes = (event.subtype or []) if sought.subtype is not None else []
    return (
        (sought.kind is None or any(_is(coding, sought.kind) for coding in kinds))
        and (sought.subtype is None or any(_is(coding, sought.subtype) for coding in subtypes))
        and (sought.outcome is None or event.outcome == sought.outcome)
    )


def pseudonym(entity: str) -> str:
    """The pseudonym in a token `system|value`, or alone; nobody's for any other system."""
    system, bar, value = entity.rpartition("|")
    return value if not bar or system in {"", PEOPLE} else ""


def act_of(subtype: str | None) -> Act | None:
    """The act that a subtype is, so that the log can be asked for it alone."""
    if subtype is None:
        return None
    code = subtype.rpartition("|")[2]
    return Act(code) if code in set(Act) and not subtype.startswith("http") else None


def _is(coding: Any, token: str) -> bool:
    system, bar, code = token.rpartition("|")
    return coding.code == code and (not bar or coding.system == (system or None))


def _told(own: list[dict[str, Any]]) -> tuple[Told, ...]:
    """What was told of each holder's records."""
    by_holder: dict[str, list[dict[str, Any]]] = {}
    for piece in own:
        if piece.get("fields_released"):
            by_holder.setdefault(str(piece.get("source")), []).append(piece)
    return tuple(
        Told(
            discloser=holder,
            records=tuple(str(piece.get("record")) for piece in left),
            description=tuple(dict.fromkeys(what for piece in left for what in piece.get("description", ()))),
        )
        for holder, left in by_holder.items()
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
