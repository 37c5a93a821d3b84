"""An audit entry's decision told again: what was asked, what each rule said, and what the answer would be today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from hub.flow import contacts, packets
from hub.flow.echo import Echo
from hub.flow.hmis import sharing
from hub.flow.recording import for_the_record
from hub.flow.release import Answer, Question, Release, recipient
from hub.flow.writeback import Writeback
from hub.store.audit import Act, AuditLog, Entry
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.handoffs import HandoffRow
from hub.store.nobody import NOBODY
from hub.store.people import PersonRow
from schemas.vocab import Channel, Field, Match, Obligation, Purpose, Relationship, Role

_WRITTEN_BACK = frozenset({Act.HMIS_WRITTEN, Act.HMIS_WITHHELD})


def explain(session: Session, keys: Keys, seq: int, *, at: datetime, actor: str) -> Iterator[str]:
    """The lines of an explanation, for an officer; that it was given is itself recorded. Raises `NotFound`."""
    trail = AuditLog(session, keys)
    entry = trail.entry(seq)
    trail.append(Act.DECISION_EXPLAINED, at=at, actor=actor, details={"seq": seq})
    yield f"Entry {entry.seq}, {entry.at:%F %T %Z}: {entry.act.meaning}"
    yield f"By {entry.actor} of {entry.participant or 'the hub itself'}, purpose {entry.details.get('purpose', '—')}"
    yield from _decisions("Then", entry.details)
    if "decisions" in entry.details and entry.subject is not None:
        yield from _decisions("Today", for_the_record(_Today(session, keys, entry, at).answer()))


def explain_to(source: str, session: Session, keys: Keys, seq: int, *, at: datetime, actor: str) -> Iterator[str]:
    """The same for one source: what became of its own records, and what would help today. Raises `NotFound`.

    Of another's records it tells nothing, and of who asked only what that source's accounting needs.
    """
    trail = AuditLog(session, keys)
    entry = trail.entry(seq)
    name = Directory(session).participant(source).name
    trail.append(Act.DECISION_EXPLAINED, at=at, actor=actor, details={"seq": seq, "as_source": source})
    yield f"Entry {entry.seq}, {entry.at:%F %T %Z}, for {name}"
    own = [piece for piece in _pieces(entry.details) if piece["source"] == source]
    yield from _told_of(own, entry)
    today = _Today(session, keys, entry, at).for_source(source) if own else None
    if today is not None:
        yield "Today, asked of these records alone:"
        yield from (f"  {line}" for line in today)


def _pieces(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(details.get("decisions", ()))


def _told_of(own: Sequence[Mapping[str, Any]], entry: Entry) -> Iterator[str]:
    """What left of a source's records, and to whom; where a duty hides who asked, that is not said."""
    if not own:
        yield "Nothing of its records was decided on."
    for piece in own:
        told = ", ".join(piece["fields_released"])
        hidden = Obligation.HIDE_REQUESTER_FROM_SOURCE in piece["obligations"]
        to = "" if hidden else f" to {entry.details.get('recipient') or entry.participant}"
        yield f"  {piece['kind']}: {f'told{to}: {told}' if told else 'nothing told'}"


def _decisions(when: str, details: Mapping[str, Any]) -> Iterator[str]:
    decisions = details.get("decisions")
    if decisions is None:
        return
    yield f"{when}, by rulebook {str(details['rulebook'])[:12]}: {details['response']}"
    yield from (f"  {place}: {_pack(digest)}" for place, digest in details.get("packs", {}).items())
    for piece in decisions:
        told = ", ".join(piece["fields_released"]) or "nothing"
        yield f"  {piece['kind']} of {piece['source']}: {piece['outcome']}; told: {told}"
        yield f"    under {', '.join(piece['regimes']) or 'no law'}; by {', '.join(piece['cites']) or '—'}"
        yield from (f"    {because}" for because in dict.fromkeys(piece["because"]))
        yield from (f"    What would help: {help_}" for help_ in dict.fromkeys(piece["would_help"]))
        yield from (f"    Left to do: {Obligation(task).meaning}" for task in piece.get("tasks", ()))


def _pack(digest: str | None) -> str:
    return "its rules were not loaded" if digest is None else f"its rules, {digest[:12]}"


class _Today:
    """An entry's question, asked again; of a write-back it is what would go back of the handoff."""

    def __init__(self, session: Session, keys: Keys, entry: Entry, at: datetime) -> None:
        self._session = session
        self._keys = keys
        self._entry = entry
        self._at = at
        self._release = Release(session, keys)
        self._person_id = _person(session, keys, str(entry.subject))

    def answer(self) -> Answer:
        """What would be told today; nothing of a handoff that is not kept, nor of one who has no stay there now."""
        if self._entry.act not in _WRITTEN_BACK:
            question = _question(self._release, self._entry, self._at)
            answer = self._release.answer(question, Match.UNIQUE, self._person_id)
            return answer._replace(opened=Echo(self._session, self._person_id or NOBODY).silenced(answer.opened))
        handoff, back = self._handoff(), self._back()
        written = None if handoff is None else back.of(handoff)
        return back.nothing() if written is None else written.answer

    def for_source(self, source: str) -> list[str] | None:
        """What would become of one source's own records; None where nobody knows any more whose they were."""
        if self._person_id is None:
            return None
        if self._entry.act not in _WRITTEN_BACK:
            question = _question(self._release, self._entry, self._at)
            return self._release.for_source(question, self._person_id, source)
        handoff = self._handoff()
        return None if handoff is None else self._back().for_source(handoff, source)

    def _handoff(self) -> HandoffRow | None:
        return self._session.get(HandoffRow, UUID(str(self._entry.details["handoff"])))

    def _back(self) -> Writeback:
        return Writeback(self._session, self._keys, self._entry.participant or "", at=self._at)


def _question(release: Release, entry: Entry, at: datetime) -> Question:
    treating = entry.details.get("treating_relationship")
    return Question(
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


def _needed(entry: Entry) -> frozenset[Field]:
    """What the question needed: a look at a packet what its stage needs, a contact query always the same."""
    stage = entry.details.get("stage")
    if entry.act in {Act.RECORDS_RELEASED, Act.RECORDS_WITHHELD}:
        return sharing.NEEDED
    return contacts.NEEDED if stage is None else packets.NEEDED.get(str(stage), frozenset())


def _person(session: Session, keys: Keys, pseudonym: str) -> UUID | None:
    """The person behind a pseudonym; found by trying all, because there is no way back from it."""
    for person_id in session.exec(select(PersonRow.id)):
        if keys.token("audit-subject", str(person_id)).hex() == pseudonym:
            return person_id
    return None
