"""The one question path: gather, decide, clear, record. Queries, deliveries and handoffs all come through here.

Everything is decided by what stands beside the sealed records, by the age of the person and by which enrollment and
program each record names (see `marks`). Beside that only what may leave is opened.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from consent.engine import decide
from consent.explain import for_source
from consent.leaving.clearance import Decided, clear
from consent.leaving.reliance import Reliance, reliance
from consent.provenance import seen_by_law
from hub.errors import NotAllowed
from hub.flow.marks import Marks
from hub.store.accounts import Caller, CallerKind
from hub.store.consents import Consents, Evidence
from hub.store.crypto import Keys, Sealer
from hub.store.directory import Directory
from hub.store.nobody import NOBODY
from hub.store.people import People
from hub.store.records import Identified, RecordRow, Records, speaks_of
from hub.store.records.unkept import as_row
from hub.store.staff import Staff
from hub.store.terms import FEDERAL, Terms, terms
from schemas.canonical import CanonicalRecord
from schemas.disclosure import (
    Decision,
    DisclosureRequest,
    Piece,
    PieceDecision,
    Provenance,
    Recipient,
    Subject,
)
from schemas.frozen import Frozen
from schemas.instruments import Emergency, Facts
from schemas.messages import Cleared, WayOut
from schemas.vocab import Channel, Field, Match, Obligation, Outcome, Purpose, Relationship, Sensitivity


class Question(Frozen):
    """Who wants to know what, why, when, and by which channel. Nothing beside what it `needs` is ever let go.

    `way` is how the answer leaves: what owes more than it can attach stays.
    """

    at: datetime
    channel: Channel
    purpose: Purpose
    recipient: Recipient
    needs: frozenset[Field]
    emergency: Emergency | None = None
    way: WayOut = WayOut()


class Opened(NamedTuple):
    """A record that leaves: as it was kept, what of it was cleared, and what that rests on."""

    row: RecordRow
    record: CanonicalRecord
    cleared: Cleared
    rests_on: Reliance


class Asked(NamedTuple):
    """A question as it was put to the consent engine, and its answer."""

    request: DisclosureRequest
    facts: Facts
    decision: Decision


class Answer(NamedTuple):
    """What leaves to whom, and how that was decided. `to` is the recipient's name in the directory."""

    to: str | None
    decision: Decision
    opened: tuple[Opened, ...]
    rows: Sequence[RecordRow]
    evidence: Evidence
    packs: Mapping[str, str | None]
    """Digest of the rules of each state in play; None for a state whose rules are not loaded."""


NOTHING_ON_FILE = Evidence((), ())


class Release:
    """Asks the consent engine for one recipient, and lets go of what it permits."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.keys = keys
        self.staff = Staff(session, keys)
        self.directory = Directory(session)
        self.terms = terms(session)
        self.people = People(session, keys)
        self.records = Records(session, keys)
        self.consents = Consents(session, keys)

    def question_of(
        self, caller: Caller, needs: frozenset[Field], purpose: Purpose, relationship: Relationship, *, at: datetime
    ) -> Question:
        """What somebody who has come in asks and is answered at once; whoever has an account was identified."""
        return Question(
            at=at,
            channel=Channel.QUERY,
            purpose=purpose,
            needs=needs,
            way=way_to(caller),
            recipient=recipient(
                self.terms, caller.participant, role=caller.role, identity_verified=True, relationship=relationship
            ),
        )

    def refuse_at_the_gate(self, question: Question) -> Decision:
        """Asks about nobody: what is refused now depends on the request alone. Raises `NotAllowed`."""
        decision = self.decide(question, Match.NONE, (), NOTHING_ON_FILE).decision
        if decision.gate is not None:
            raise NotAllowed(decision.gate.because, next_steps=decision.gate.would_help or "")
        return decision

    def answer(self, question: Question, match: Match, person_id: UUID | None) -> Answer:
        """What may be told about a person; for anyone but one person surely found that is nothing."""
        if match is not Match.UNIQUE or person_id is None:
            return self.nothing(question, self.decide(question, match, (), NOTHING_ON_FILE).decision)
        sealer = self.people.sealer(person_id)
        rows, evidence = self.records.about(person_id), self.consents.about(person_id, sealer)
        return self.answer_from(question, rows, evidence, sealer)

    def answer_from(self, question: Question, rows: Sequence[RecordRow], evidence: Evidence, sealer: Sealer) -> Answer:
        """What may be told of one person surely found, from what was read of them."""
        marked, age = self.marked(question, rows, sealer), self.age(rows, sealer, question.at)
        asked = self.decide(question, Match.UNIQUE, rows, evidence, marked, age)
        opened = self._open(rows, lambda row: self.records.open(row, sealer), asked, question)
        return Answer(self._name(question), asked.decision, opened, rows, evidence, self._packs(question, rows))

    def answer_of(self, question: Question, person_id: UUID, made: Sequence[Identified]) -> Answer:
        """What may be told of records that are made for this question and are not kept; of the kept ones nothing."""
        sealer = self.people.sealer(person_id)
        kept, evidence = self.records.about(person_id), self.consents.about(person_id, sealer)
        rows, marked = _unkept(made, question.at)
        records = {row.id: one.record for row, one in zip(rows, made, strict=True)}
        age = self.age(kept, sealer, question.at)
        asked = self.decide(question, Match.UNIQUE, rows, evidence, marked, age, beside=kept)
        opened = self._open(rows, lambda row: records[row.id], asked, question)
        return Answer(self._name(question), asked.decision, opened, rows, evidence, self._packs(question, rows))

    def nothing(self, question: Question, decision: Decision) -> Answer:
        """The answer about anyone else; the decision is one about no records."""
        return Answer(self._name(question), decision, (), (), NOTHING_ON_FILE, self._packs(question, ()))

    def for_source(
        self, question: Question, person_id: UUID, source: str, made: Sequence[Identified] | None = None
    ) -> list[str]:
        """What would become of the records that one source holds, or of those `made` of it, why, and what would help.

        It is decided from that source's records alone, so that it shows nothing of anyone else's.
        """
        kept = [row for row in self.records.about(person_id) if row.holder == source]
        sealer = self.people.sealer(person_id)
        evidence, age = self.consents.about(person_id, sealer), self.age(kept, sealer, question.at)
        rows, marked = (kept, self.marked(question, kept, sealer)) if made is None else _unkept(made, question.at)
        asked = self.decide(question, Match.UNIQUE, rows, evidence, marked, age, beside=kept)
        return for_source(asked.decision, asked.request, source, {str(row.id): row.kind for row in rows})

    def age(self, rows: Sequence[RecordRow], sealer: Sealer, at: datetime) -> int | None:
        """Whole years, by the latest birth date that any source gives: who may be a minor is taken for one."""
        told = (self.records.birth_date(row, sealer) for row in rows if row.kind == "person")
        born = [date for date in told if date is not None]
        return max(0, _years(max(born), at.date())) if born else None

    def marked(self, question: Question, rows: Sequence[RecordRow], sealer: Sealer) -> dict[UUID, Provenance]:
        """What decides which laws protect each record at the time of the question: see `marks`."""
        known_since = self._known_since(question, rows)
        return Marks(self.records, self.terms, known_since).read(rows, sealer)

    def _known_since(self, question: Question, rows: Sequence[RecordRow]) -> dict[str, datetime]:
        """Looked up where the community has laid down an embargo, and there for everybody."""
        policy = self.terms.policies_on(question.at.date()).hmis
        if policy is None or not policy.embargo_days:
            return {}
        return self.people.known_since(rows[0].person_id if rows else NOBODY)

    def decide(
        self,
        question: Question,
        match: Match,
        rows: Sequence[RecordRow],
        evidence: Evidence,
        marked: Mapping[UUID, Provenance] = MappingProxyType({}),
        age: int | None = None,
        *,
        beside: Sequence[RecordRow] = (),
    ) -> Asked:
        """Puts the question to the consent engine about records as they are `marked`; nothing is opened for it.

        Records `beside` those asked about say what there is to know of the person.
        """
        speaks_of_violence = any(speaks_of(row, Sensitivity.SDV) for row in (*rows, *beside))
        request = DisclosureRequest(
            at=question.at,
            channel=question.channel,
            purpose=question.purpose,
            jurisdictions=self._jurisdictions(question, rows),
            recipient=question.recipient,
            subject=Subject(match=match, age_years=age, domestic_violence_flag=speaks_of_violence),
            records=tuple(self.piece(row, marked[row.id]) for row in rows if row.contents),
        )
        facts = Facts(
            consents=evidence.consents,
            restrictions=evidence.restrictions,
            agreements=self.terms.agreements,
            policies=self.terms.policies_on(question.at.date()),
            emergency=question.emergency,
        )
        return Asked(request, facts, decide(request, facts))

    def _name(self, question: Question) -> str | None:
        organization = question.recipient.organization
        return None if organization is None else self.terms.participant(organization).name

    def _jurisdictions(self, question: Question, rows: Sequence[RecordRow]) -> tuple[str, ...]:
        """Every state that is touched: where the recipient works, and where the holders do."""
        parties = dict.fromkeys([question.recipient.organization, *(row.holder for row in rows if row.contents)])
        places = [self.terms.participant(slug).jurisdictions for slug in parties if slug is not None]
        return tuple(dict.fromkeys((FEDERAL, *chain.from_iterable(places))))

    def _packs(self, question: Question, rows: Sequence[RecordRow]) -> dict[str, str | None]:
        return self.terms.digests(self._jurisdictions(question, rows), question.at.date())

    def piece(self, row: RecordRow, provenance: Provenance) -> Piece:
        """A record as the law sees it, unopened."""
        return Piece(
            id=str(row.id),
            source=self.terms.participant(row.holder).party,
            contents=row.contents,
            **dict(provenance),
        )

    def _open(
        self,
        rows: Sequence[RecordRow],
        read: Callable[[RecordRow], CanonicalRecord],
        asked: Asked,
        question: Question,
    ) -> tuple[Opened, ...]:
        leaving = _cut(asked.decision, question.needs)
        if not leaving:
            return ()
        rests_on = _reliance(asked, leaving)
        opened = []
        for row in (row for row in rows if str(row.id) in leaving):
            record, found = read(row), rests_on[str(row.id)]
            decided = Decided(record, row.holder, leaving[str(row.id)], found.scopes)
            cleared = clear([decided], on=question.at.date(), way=question.way)
            opened += [Opened(row, record, one, found) for one in cleared]
        return tuple(opened)


def _unkept(made: Sequence[Identified], at: datetime) -> tuple[Sequence[RecordRow], Mapping[UUID, Provenance]]:
    """Records that are not kept, as rows, and what decides which laws protect each."""
    rows = [as_row(one, at=at) for one in made]
    return rows, {row.id: one.record.provenance for row, one in zip(rows, made, strict=True)}


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _reliance(asked: Asked, leaving: Mapping[str, PieceDecision]) -> dict[str, Reliance]:
    """What each piece that leaves rests on; asked once for those that the law sees alike."""
    known: dict[Hashable, Reliance] = {}
    found = {}
    for piece in (piece for piece in asked.request.records if piece.id in leaving):
        seen = seen_by_law(piece)
        if seen not in known:
            known[seen] = reliance(asked.request, asked.facts, piece, leaving[piece.id])
        found[piece.id] = known[seen]
    return found


def _cut(decision: Decision, needs: frozenset[Field]) -> dict[str, PieceDecision]:
    """The pieces of which something leaves, cut to what the question needs."""
    cut = {}
    for piece in decision.records:
        fields = tuple(field for field in piece.fields_released if field in needs)
        if fields and piece.outcome in {Outcome.PERMIT, Outcome.LIMIT}:
            cut[piece.id] = piece.model_copy(update={"fields_released": fields, "outcome": Outcome.LIMIT})
    return cut


def recipient(terms: Terms, participant: str, **details: Any) -> Recipient:
    """A participant as the one who would receive."""
    return Recipient(organization=participant, capacities=terms.participant(participant).capacities, **details)


def way_to(caller: Caller) -> WayOut:
    """How an answer reaches a caller: what is for one reader's eyes goes to a person who signed in, to no system."""
    if caller.kind is CallerKind.USER:
        return WayOut()
    return WayOut(attaches=frozenset(Obligation) - {Obligation.CLINICIAN_CHANNEL_ONLY})
