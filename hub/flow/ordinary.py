"""An ordinary nobody: records and papers such as most people have, about no one, for the law to be asked about.

They are made once a process, sealed under a key of its own, and kept nowhere.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson

from hub.store import consents, records
from hub.store.consents import InstrumentRow
from hub.store.crypto import Keys
from hub.store.nobody import NOBODY, nobody
from hub.store.records import RecordRow
from hub.store.terms import Terms
from schemas.instruments import ClassOfPersons, Consent, Everything, HmisParticipants, OnDate, Signature
from schemas.vocab import Capacity, ConsentKind, Purpose, RecipientClass, SignatureMethod, Signer

HOMELESS, HEALTH = Capacity.HMIS_PARTICIPANT, Capacity.COVERED_ENTITY
_WORKS = ["last-contact", "case-manager"]
_KNOWN = ["name", "date-of-birth"]
_SORTS: tuple[tuple[Capacity, str, Mapping[str, list[str]]], ...] = (
    (HOMELESS, "service", {"housing": ["active-enrollment", "services-received"], "case-management": _WORKS}),
    (HEALTH, "person", {"contact": ["safe-contact-method"], "identity": [*_KNOWN, "address"]}),
    (HOMELESS, "person", {"identity": [*_KNOWN, "social-security-number"]}),
    (HEALTH, "encounter", {"presence": ["presence"], "general-health": ["treatment-time", "diagnosis"]}),
    (HOMELESS, "enrollment", {"housing": ["active-enrollment", "living-situation"]}),
    (HOMELESS, "coordinated-entry", {"case-management": ["referral-status", "case-manager"]}),
    (HEALTH, "medications", {"medications": ["current-medications"]}),
    (HOMELESS, "living-situation", {"housing": ["living-situation"], "location": ["last-known-whereabouts"]}),
    (HEALTH, "encounter", {"presence": ["presence"], "mental-health": ["disposition"]}),
    (HOMELESS, "staff-assignment", {"housing": ["active-enrollment"], "case-management": ["case-manager"]}),
    (HEALTH, "encounter", {"general-health": ["treatment-time", "diagnosis"]}),
    (HOMELESS, "living-situation", {"housing": ["living-situation"], "case-management": _WORKS}),
)
"""What an ordinary life leaves in records, each of a sort of its own: who holds it, its kind, and what is in it."""

_PAPER = Consent(
    id="Consent/nobody",
    kind=ConsentKind.HMIS_RELEASE,
    disclosers=(HmisParticipants(class_of_persons="hmis-participants"),),
    information=Everything(all=True),
    recipients=(ClassOfPersons(class_of_persons=RecipientClass.CRISIS_PROVIDERS),),
    purposes=(Purpose.TREAT, Purpose.COC),
    expiration=OnDate(date=date(2001, 1, 1)),
    signatures=(Signature(by=Signer.SUBJECT, method=SignatureMethod.INK, on=date(2000, 1, 1)),),
)
"""A release that ran out long ago."""

_SAID = {"feed": "nobody", "key": "Patient/nobody", "note": "as long as most; " * 16}
_WHO = {**_SAID, "body": {"kind": "person", "given": "Nobody", "family": "Nobody", "birth_date": "1980-01-01"}}


class _Row(NamedTuple):
    """A record of nobody's, as far as anyone looks at it."""

    id: UUID
    holder: str
    kind: str
    contents: Mapping[str, list[str]]
    provenance: Mapping[str, Any]
    sealed: bytes
    source: str = "nobody"
    sensitivity: tuple[str, ...] = ()
    person_id: UUID = NOBODY


class _Made(NamedTuple):
    paper: InstrumentRow
    rows: tuple[_Row, ...]


@lru_cache(maxsize=4)
def _made(keys: Keys) -> _Made:
    sealer = nobody(keys).sealer
    paper = InstrumentRow(
        id=NOBODY,
        person_id=NOBODY,
        source="nobody",
        key_token=b"",
        kind=_PAPER.kind.value,
        filed_at=datetime.now(UTC),
        sealed=sealer.seal(_PAPER.model_dump_json().encode(), consents.places(NOBODY, NOBODY)[0]),
    )
    rows = []
    for number, (holder, kind, contents) in enumerate(_SORTS):
        sealed = _sealed(keys, number)
        provenance: dict[str, Any] = {"hmis": {}} if holder is HOMELESS else {}
        rows.append(_Row(UUID(int=number), holder, kind, contents, provenance, sealed))
    return _Made(paper, tuple(rows))


@lru_cache(maxsize=1024)
def _sealed(keys: Keys, number: int) -> bytes:
    """What the record of that number says, bound to it as any record is."""
    return nobody(keys).sealer.seal(orjson.dumps(_WHO), records.place(UUID(int=number), NOBODY))


class Ordinary:
    """What nobody has, of whatever number is asked for."""

    def __init__(self, keys: Keys, terms: Terms) -> None:
        self._keys = keys
        self._made = _made(keys)
        self._held_by = {capacity.value: _first(terms, capacity) for capacity in (HOMELESS, HEALTH)}

    def records(self, number: int, *, different: int) -> list[RecordRow]:
        """So many records, so many of them different in law; held by those who hold such records here."""
        last = max(0, min(different, len(self._made.rows)) - 1)
        rows = [self._made.rows[min(place, last)] for place in range(number)]
        held = [
            row._replace(id=UUID(int=place), holder=self._held_by[row.holder], sealed=_sealed(self._keys, place))
            for place, row in enumerate(rows)
        ]
        return cast("list[RecordRow]", held)

    def who(self, number: int) -> list[RecordRow]:
        """So many records of who they are."""
        return cast("list[RecordRow]", [self._made.rows[1]] * number)

    def papers(self, number: int) -> list[InstrumentRow]:
        """So many papers."""
        return [self._made.paper] * number


def _first(terms: Terms, capacity: Capacity) -> str:
    """The first participant that is one, or the first of all."""
    found = (slug for slug, one in terms.participants.items() if capacity in one.capacities)
    return next(found, next(iter(terms.participants)))
