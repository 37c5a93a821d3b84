"""The person index: who is meant, found behind blind tokens, linked only beyond doubt."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from hub.errors import NotFound
from hub.store.crypto import Keys, Sealer
from hub.store.matching import NOBODY_LIKELY, Traits, answer, normalise, rank
from hub.store.nobody import is_nobody
from hub.store.orders import sealed_among
from hub.store.people.arrivals import Arrival, Blinds
from hub.store.people.crowd import Crowd
from hub.store.people.ledger import Identified, Ledger, is_news
from hub.store.people.rows import PersonRow, ReviewRow, SubjectRow, TokenRow
from hub.store.people.shelf import Known, Shelf
from hub.store.people.turns import take_turns
from schemas.canonical import Identifier, PersonFacts
from schemas.contacts import PersonAsked
from schemas.vocab import Match
from schemas.vocab.records import Sex

__all__ = [
    "Found",
    "Identified",
    "News",
    "People",
    "PersonRow",
    "ReviewRow",
    "SubjectRow",
    "TokenRow",
]

_MORE_OF_NOBODY = {
    "middle": "Nemo",
    "sex": Sex.MALE,
    "phones": ("(202) 555-0100",),
    "address": "No fixed address",
    "identifiers": (Identifier(system="urn:hub:nobody:first", value="N-100001"),),
}
"""What most records tell beside what is asked; so nobody's take as long to read and to compare."""


class Found(NamedTuple):
    """Whom a question means. Only a unique match names a person; how many there were is for the officer alone."""

    match: Match
    person_id: UUID | None
    candidates: int
    reasons: tuple[str, ...]


class News(NamedTuple):
    """How many people were seen for the first time at a moment, and how many pairs were left to a human."""

    people: int
    reviews: int


class People:
    """The people this hub knows of, in one session; the caller commits.

    Identifiers of a source's own (`Identifier` as a subject) mean nothing to another source; those in a person's facts
    are taken to be the same person's wherever they turn up, as far as nothing else speaks against it.
    """

    def __init__(self, session: Session, keys: Keys, *, auto_link: float = 8.0) -> None:
        self.auto_link = auto_link
        self._session = session
        self._keys = keys
        self._shelf = Shelf(session, keys)
        self._blinds = Blinds(keys)

    # --- who a source speaks of

    def identify(self, source: str, subject: Identifier, facts: PersonFacts | None, *, at: datetime) -> Identified:
        """Who a source's subject is; a person is made if it is nobody known. `at` is when the hub learned it."""
        (identified,) = self.identify_many(source, [(subject, facts)], at=at)
        return identified

    def identify_many(
        self, source: str, people: Sequence[tuple[Identifier, PersonFacts | None]], *, at: datetime
    ) -> list[Identified]:
        """Who each of a source's subjects is, in their order; two records of one batch find each other too.

        Of a subject that is told of twice, the last facts count. Others who would identify the same people wait until
        this transaction ends.
        """
        arrivals = self._blinds.arrivals(people)
        take_turns(self._session, {token for arrival in arrivals for token in (arrival.token, *arrival.tokens)})
        known = self._shelf.subjects(source, [arrival.token for arrival in arrivals])
        ledger = Ledger(source, self._crowd(arrivals, known, at), self._keys, auto_link=self.auto_link, at=at)
        settled = {one.subject: ledger.settle(one, known.get(one.token)) for one in arrivals}
        ledger.write(self._shelf)
        return [settled[subject] for subject, _ in people]

    def _crowd(self, arrivals: Sequence[Arrival], known: dict[bytes, Known], at: datetime) -> Crowd:
        """Everyone with whom the news of these arrivals must be compared."""
        news = [arrival for arrival in arrivals if is_news(arrival, known.get(arrival.token), at)]
        spoken_of = {known[arrival.token].person_id for arrival in news if arrival.token in known}
        crowd = Crowd(self._shelf.buckets({token for arrival in news for token in arrival.tokens}))
        crowd.meet(self._shelf.files(crowd.worth_comparing() | spoken_of))
        return crowd

    def known(self, source: str, subjects: Iterable[Identifier]) -> dict[Identifier, UUID]:
        """The persons of those subjects of whom the source has spoken before."""
        by_token = {self._blinds.subject(subject): subject for subject in subjects}
        return {by_token[token]: one.person_id for token, one in self._shelf.subjects(source, by_token).items()}

    def news_of(self, at: datetime) -> News:
        """What was learned at that moment, as far as it is about who is who."""
        made = select(func.count()).select_from(PersonRow).where(PersonRow.created_at == at)
        asked = select(func.count()).select_from(ReviewRow).where(ReviewRow.at == at)
        return News(self._session.exec(made).one(), self._session.exec(asked).one())

    def known_since(self, person_id: UUID) -> dict[str, datetime]:
        """Since when each source has told the hub of a person."""
        first = func.min(SubjectRow.linked_at)
        query = select(SubjectRow.source, first).where(SubjectRow.person_id == person_id).group_by(SubjectRow.source)
        return dict(self._session.exec(query).all())

    def sealed_among(self, source: str, subjects: Iterable[Identifier]) -> set[Identifier]:
        """Those of a source's subjects who are sealed by order: they are not to come back in by another door."""
        by_token = {self._blinds.subject(subject): subject for subject in subjects}
        return {by_token[token] for token in sealed_among(self._session, source, by_token)}

    # --- whom a question means

    def find(self, asked: PersonAsked) -> Found:
        """Whom a question means; runs the same two statements for a stranger as for somebody known.

        Whoever shares a key with the question is compared in company, so that a stranger costs as much as they do.
        """
        facts = PersonFacts(
            given=asked.given,
            family=asked.family,
            birth_date=asked.birth_date,
            ssn=asked.ssn_last4,
            identifiers=asked.identifiers,
        )
        traits = normalise(facts)
        crowd, tokens = self._who_may_be_meant(traits, facts)
        compared = rank(crowd.compare(traits, tokens), at_least=self.auto_link)
        ranked = [one for one in compared if not is_nobody(one.person_id)]
        # Whether nobody is meant is asked too, and then not told.
        match, reason = answer(ranked or compared[:1])
        reasons = (reason, *(ranked or compared)[0].score.reasons) if compared else (reason,)
        if not ranked:
            match, reasons = Match.NONE, (NOBODY_LIKELY,)
        return Found(match, ranked[0].person_id if match is Match.UNIQUE else None, len(ranked), reasons)

    def _who_may_be_meant(self, traits: Traits, facts: PersonFacts) -> tuple[Crowd, frozenset[bytes]]:
        """Those who share a blocking token, those whom a source calls by an identifier asked for, and nobody."""
        called = {self._blinds.subject(identifier): identifier for identifier in traits.identifiers}
        tokens = self._blinds.blocks(traits)
        bearers, buckets = self._shelf.meant_by(called, tokens)
        crowd = Crowd(buckets)
        candidates = crowd.worth_comparing() | {person_id for _, person_id in bearers}
        files = self._shelf.files_in_company(candidates, facts.model_copy(update=_MORE_OF_NOBODY))
        crowd.meet(files)
        crowd.keep_company(filter(is_nobody, files))
        for place, person_id in bearers:
            before = crowd.face(person_id).records.get(place, Traits())
            crowd.learn(person_id, place, before._replace(identifiers=before.identifiers | {called[place[1]]}))
            crowd.file_under(person_id, frozenset({place[1]}))
        return crowd, tokens | frozenset(called)

    # --- what is known of a person

    def facts_of(self, person_id: UUID) -> list[tuple[str, PersonFacts]]:
        """What each source says of who a person is, the latest last; raises `NotFound`."""
        file = self._shelf.files([person_id]).get(person_id)
        if file is None:
            raise NotFound("There is no such person.")
        return [(source, facts) for (source, _), facts in file.records.items()]

    def sealer(self, person_id: UUID) -> Sealer:
        """Opens and seals a person's data; raises `NotFound`, or `Broken` where the key was destroyed."""
        return self.sealers([person_id])[person_id]

    def sealers(self, person_ids: Collection[UUID]) -> dict[UUID, Sealer]:
        """The sealers of all these people; raises `NotFound` when one of them does not exist."""
        wanted = set(person_ids)
        found = self._shelf.sealers(wanted)
        if len(found) < len(wanted):
            raise NotFound("There is no such person.")
        return found
