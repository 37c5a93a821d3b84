"""An audit entry's decision told again: what was asked, what each rule said, and what the answer would be today."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from hub.flow import contacts, handoffs
from hub.flow.release import Question, Release, for_the_record, recipient
from hub.store.audit import Act, AuditLog, Entry
from hub.store.crypto import Keys
from hub.store.people import PersonRow
from schemas.vocab import Channel, Field, Match, Purpose, Relationship, Role


def explain(session: Session, keys: Keys, seq: int, *, at: datetime, actor: str) -> Iterator[str]:
    """The lines of an explanation, for an officer; that it was given is itself recorded. Raises `NotFound`."""
    trail = AuditLog(session, keys)
    entry = trail.entry(seq)
    trail.append(Act.DECISION_EXPLAINED, at=at, actor=actor, details={"seq": seq})
    yield f"Entry {entry.seq}, {entry.at:%F %T %Z}: {entry.act.meaning}"
    yield f"By {entry.actor} of {entry.participant or 'the hub itself'}, purpose {entry.details.get('purpose', '—')}"
    yield from _decisions("Then", entry.details)
    if "decisions" in entry.details and entry.subject is not None:
        yield from _decisions("Today", _asked_today(session, keys, entry, at))


def _decisions(when: str, details: Mapping[str, Any]) -> Iterator[str]:
    decisions = details.get("decisions")
    if decisions is None:
        return
    yield f"{when}, by rulebook {str(details['rulebook'])[:12]}: {details['response']}"
    for piece in decisions:
        told = ", ".join(piece["fields_released"]) or "nothing"
        yield f"  {piece['kind']} of {piece['source']}: {piece['outcome']}; told: {told}"
        yield f"    under {', '.join(piece['regimes']) or 'no law'}; by {', '.join(piece['cites']) or '—'}"
        yield from (f"    {because}" for because in dict.fromkeys(piece["because"]))
        yield from (f"    What would help: {help_}" for help_ in dict.fromkeys(piece["would_help"]))


def _asked_today(session: Session, keys: Keys, entry: Entry, at: datetime) -> dict[str, Any]:
    release = Release(session, keys)
    treating = entry.details.get("treating_relationship")
    question = Question(
        at=at,
        channel=Channel.QUERY,
        purpose=Purpose(str(entry.details["purpose"])),
        needs=_needed(entry),
        recipient=recipient(
            release.terms,
            entry.participant or "",
            role=Role(str(entry.details.get("role", Role.INTERFACE))),
            identity_verified=True,
            relationship=Relationship.TREATING if treating else Relationship.NONE,
        ),
    )
    answer = release.answer(question, Match.UNIQUE, _person(session, keys, str(entry.subject)))
    return for_the_record(answer)


def _needed(entry: Entry) -> frozenset[Field]:
    """What the question needed: a look at a packet what its stage needs, a contact query always the same."""
    stage = entry.details.get("stage")
    return contacts.NEEDED if stage is None else handoffs.NEEDED.get(str(stage), frozenset())


def _person(session: Session, keys: Keys, pseudonym: str) -> UUID | None:
    """The person behind a pseudonym; found by trying all, because there is no way back from it."""
    for person_id in session.exec(select(PersonRow.id)):
        if keys.token("audit-subject", str(person_id)).hex() == pseudonym:
            return person_id
    return None
