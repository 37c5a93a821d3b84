"""The people whom a batch may be about: those found in the index, and those the batch itself has brought."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from hub.store.crypto import Sealer
from hub.store.matching import Score, Traits, normalise, score
from hub.store.people.shelf import File, Place

# A token that so many people share says too little to be worth comparing them all; a placeholder date does that.
FULLEST_BUCKET = 50
_NONE: frozenset[UUID] = frozenset()


class Face(NamedTuple):
    """A person as they are compared: the traits in each record of theirs."""

    sealer: Sealer
    records: dict[Place, Traits]


class Crowd:
    """People by blocking token. It grows with the batch, so that two records of one batch find each other."""

    def __init__(self, buckets: dict[bytes, set[UUID]]) -> None:
        self._buckets = buckets
        self._faces: dict[UUID, Face] = {}
        self._company: frozenset[UUID] = _NONE

    def worth_comparing(self) -> set[UUID]:
        """Everyone in a bucket that is not too full."""
        return {one for bucket in self._buckets.values() if len(bucket) <= FULLEST_BUCKET for one in bucket}

    def meet(self, files: Mapping[UUID, File]) -> None:
        """Makes people comparable."""
        for person_id, file in files.items():
            records = {place: normalise(facts) for place, facts in file.records.items()}
            self._faces[person_id] = Face(file.sealer, records)

    def join(self, person_id: UUID, sealer: Sealer) -> None:
        """Someone new, of whom nothing is known yet."""
        self._faces[person_id] = Face(sealer, {})

    def keep_company(self, people: Iterable[UUID]) -> None:
        """Some who are compared with whatever is asked."""
        self._company = frozenset(people)

    def face(self, person_id: UUID) -> Face:
        return self._faces[person_id]

    def learn(self, person_id: UUID, place: Place, traits: Traits) -> Traits | None:
        """Takes down what a source says of a person now; gives what it said before."""
        records = self._faces[person_id].records
        before = records.get(place)
        records[place] = traits
        return before

    def file_under(self, person_id: UUID, tokens: frozenset[bytes]) -> list[bytes]:
        """Puts a person into these buckets; gives those they were not in."""
        fresh = [token for token in tokens if person_id not in self._buckets.get(token, _NONE)]
        for token in fresh:
            self._buckets.setdefault(token, set()).add(person_id)
        return fresh

    def compare(self, traits: Traits, tokens: frozenset[bytes], *, other_than: UUID | None = None) -> dict[UUID, Score]:
        """The score of everyone who shares a token and is not `other_than`."""
        shared = (self._buckets.get(token, _NONE) for token in tokens)
        people = set().union(*(bucket for bucket in shared if len(bucket) <= FULLEST_BUCKET), self._company) - {
            other_than
        }
        return {one: score(traits, list(self._faces[one].records.values())) for one in people}
