"""What a batch changes in the index, worked out in memory and written at the end in a handful of statements."""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from hub.store.audit.subjects import new_key, pseudonym
from hub.store.crypto import Keys
from hub.store.matching import Candidate, Judgement, Score, Traits, Verdict, judge, rank
from hub.store.people.arrivals import Arrival, Blinds
from hub.store.people.crowd import Crowd
from hub.store.people.rows import ReviewRow
from hub.store.people.shelf import Known, Shelf, context

# More pairs than this about one record would not help the human who looks at them.
MOST_REVIEWS = 5
_NONE = Jsonb([])


class Identified(NamedTuple):
    """Who a subject is, and how that came about.

    known   the source has spoken of this subject before
    linked  another source's record is of the same person, beyond doubt
    new     nobody in the index is likely
    review  a person of their own for now, who may be somebody known; a human decides
    """

    person_id: UUID
    outcome: Literal["known", "linked", "new", "review"]
    reasons: tuple[str, ...] = ()


class Said(NamedTuple):
    """The columns in which a subject's facts are kept."""

    digest: bytes | None = None
    sealed_facts: bytes | None = None
    learned_at: datetime | None = None


class Ledger:
    """Settles one arrival after another of one source; `write` makes it so."""

    def __init__(self, source: str, crowd: Crowd, keys: Keys, *, auto_link: float, at: datetime) -> None:
        self.source = source
        self.crowd = crowd
        self.keys = keys
        self.auto_link = auto_link
        self.at = at
        self._people: list[tuple[Any, ...]] = []
        self._audit_keys: list[tuple[str, bytes]] = []
        self._subjects: list[tuple[Any, ...]] = []
        self._filed: list[tuple[bytes, UUID]] = []
        self._said: list[dict[str, Any]] = []
        self._stale: list[tuple[bytes, UUID]] = []
        self._reviews: list[ReviewRow] = []

    def settle(self, arrival: Arrival, known: Known | None) -> Identified:
        """Decides who it is, and takes down what follows."""
        if known is None:
            return self._settle_unknown(arrival)
        if is_news(arrival, known, self.at):
            self._learn_more(arrival, known)
        return Identified(known.person_id, "known")

    def _settle_unknown(self, arrival: Arrival) -> Identified:
        judgement = self._judge(arrival)
        if judgement.verdict is Verdict.LINK:
            (closest,) = judgement.candidates
            self._attach(arrival, closest.person_id, closest.score)
            return Identified(closest.person_id, "linked", closest.score.reasons)
        person_id = self._create()
        self._attach(arrival, person_id, None)
        if judgement.verdict is Verdict.NEW:
            return Identified(person_id, "new")
        self._ask_a_human(person_id, judgement)
        return Identified(person_id, "review", (judgement.reason, *judgement.candidates[0].score.reasons))

    def _learn_more(self, arrival: Arrival, known: Known) -> None:
        """A known subject stays with its person; if it now looks like somebody else as well, a human is asked."""
        judgement = self._judge(arrival, other_than=known.person_id)
        there = {"of_source": self.source, "of_token": arrival.token}
        self._said.append({**there, **self._take_down(arrival, known.person_id)._asdict()})
        self._ask_a_human(known.person_id, judgement)

    def _judge(self, arrival: Arrival, *, other_than: UUID | None = None) -> Judgement:
        scores = self.crowd.compare(arrival.traits, arrival.tokens, other_than=other_than)
        return judge(rank(scores, at_least=self.auto_link))

    def _create(self) -> UUID:
        person_id = uuid4()
        wrapped = self.keys.new_person_key(str(person_id))
        self._people.append((person_id, wrapped, self.at))
        subject = pseudonym(self.keys, person_id)
        self._audit_keys.append((subject, new_key(self.keys, subject)))
        self.crowd.join(person_id, self.keys.of_person(str(person_id), wrapped))
        return person_id

    def _attach(self, arrival: Arrival, person_id: UUID, score: Score | None) -> None:
        weight, reasons = (score.weight, Jsonb(list(score.reasons))) if score else (None, _NONE)
        said = Said() if arrival.facts is None else self._take_down(arrival, person_id)
        row = (arrival.token, self.source, person_id, weight, reasons, self.at, *said)
        self._subjects.append(row)

    def _take_down(self, arrival: Arrival, person_id: UUID) -> Said:
        place = (self.source, arrival.token)
        before = self.crowd.learn(person_id, place, arrival.traits)
        fresh = self.crowd.file_under(person_id, arrival.tokens)
        self._filed.extend((token, person_id) for token in fresh)
        if before is not None:
            self._stale.extend((token, person_id) for token in self._no_longer_said(person_id, before))
        sealed = self.crowd.face(person_id).sealer.seal(arrival.written, context(place, person_id))
        return Said(arrival.digest, sealed, self.at)

    def _ask_a_human(self, person_id: UUID, judgement: Judgement) -> None:
        self._reviews.extend(
            self._review(person_id, one, judgement.reason) for one in judgement.candidates[:MOST_REVIEWS]
        )

    def _review(self, person_id: UUID, candidate: Candidate, reason: str) -> ReviewRow:
        first, second = sorted((person_id, candidate.person_id))
        score = candidate.score
        return ReviewRow(
            person_id=first, other_id=second, weight=score.weight, reasons=[reason, *score.reasons], at=self.at
        )

    def _no_longer_said(self, person_id: UUID, before: Traits) -> frozenset[bytes]:
        blinds = Blinds(self.keys)
        said = frozenset().union(*map(blinds.blocks, self.crowd.face(person_id).records.values()))
        return blinds.blocks(before) - said

    def write(self, shelf: Shelf) -> None:
        """Everything at once, in an order that keeps the references whole."""
        shelf.replace_facts(self._said)
        shelf.forget_tokens(self._stale)
        shelf.copy("person", self._people)
        shelf.copy("audit_key", self._audit_keys)
        shelf.copy("person_subject", self._subjects)
        shelf.file_under(self._filed)
        shelf.ask_a_human(self._reviews)


def is_news(arrival: Arrival, known: Known | None, at: datetime) -> bool:
    """Whether it tells facts that are not on file; what was said before what is on file is no news."""
    if arrival.facts is None:
        return False
    if known is None or known.learned_at is None:
        return True
    return known.digest != arrival.digest and known.learned_at <= at
