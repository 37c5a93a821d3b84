"""What a source says in one batch, once for each subject, with the blind tokens under which it is looked up."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.store.crypto import Keys
from hub.store.matching import EDITION, Traits, blocking, identifier_key, normalise
from schemas.canonical import Identifier, PersonFacts


class Arrival(NamedTuple):
    """A subject of a source. Without facts there are no traits, no tokens and no digest."""

    subject: Identifier
    token: bytes
    facts: PersonFacts | None = None
    traits: Traits = Traits()
    tokens: frozenset[bytes] = frozenset()
    written: bytes = b""
    digest: bytes = b""


class Blinds:
    """Makes blind tokens."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def subject(self, subject: Identifier) -> bytes:
        """The token of a key that somebody gave a person; the same whichever source speaks of it."""
        return self._keys.token("person-subject", identifier_key(subject))

    def blocks(self, traits: Traits) -> frozenset[bytes]:
        return frozenset(self._keys.token("person-block", key) for key in blocking(traits))

    def arrival(self, subject: Identifier, facts: PersonFacts | None) -> Arrival:
        if facts is None:
            return Arrival(subject, self.subject(subject))
        traits = normalise(facts)
        written = facts.model_dump_json(exclude_defaults=True).encode()
        digest = self._keys.token("person-facts", f"{EDITION}|{written.decode()}")
        return Arrival(subject, self.subject(subject), facts, traits, self.blocks(traits), written, digest)

    def arrivals(self, people: Sequence[tuple[Identifier, PersonFacts | None]]) -> list[Arrival]:
        """One for each subject, in the order of first mention, with the last facts that are told of it."""
        told: dict[Identifier, PersonFacts | None] = {}
        for subject, facts in people:
            told[subject] = facts or told.get(subject)
        return [self.arrival(subject, facts) for subject, facts in told.items()]
