"""What is sealed is bound to its column, its row and its person: moved anywhere else it does not open."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store import consents, records
from hub.store.crypto import Broken, Sealer
from hub.store.handoffs import agreement_place, told_place
from hub.store.ledgers import suspensions
from hub.store.people import shelf
from hub.store.rotation import KEPT, UNDER_A_PERSONS_KEY

Places = Callable[[UUID, UUID], tuple[str, ...]]

OF_A_PERSON: dict[str, Places] = {
    "accounting_suspension.sealed": lambda row, person: (suspensions.place(row, person),),
    "record.sealed": lambda row, person: (records.place(row, person),),
    "instrument.sealed": consents.places,
    "person_subject.sealed_facts": lambda row, person: (shelf.context(("a", row.bytes), person),),
    "handoff.sealed_agreement": lambda row, person: (agreement_place(row, person),),
    "handoff.sealed_told": lambda row, person: (told_place(row, person),),
}


def _kept(places: Callable[[Any], tuple[str, ...]]) -> Places:
    """The places of a column on the list, for a row of that id."""

    def of(row: UUID, person: UUID) -> tuple[str, ...]:
        names = ("id", "message_id", "slug", "key", "subject", "address")
        return places(SimpleNamespace(**dict.fromkeys(names, row), number=row.int % 7, source="a", person_id=person))

    return of


COLUMNS = {kept.name: _kept(kept.places) for kept in KEPT} | OF_A_PERSON
BOUND_TO_A_PERSON = {*OF_A_PERSON, "handoff.sealed_names"}

rows = st.builds(UUID, int=st.integers(0, 3))
columns = st.sampled_from(sorted(COLUMNS))
sealer = Sealer(bytes(32))


def test_every_column_that_is_sealed_for_a_person_is_tried() -> None:
    assert set(OF_A_PERSON) == UNDER_A_PERSONS_KEY


@given(column=columns, row=rows, person=rows)
def test_opens_in_its_place(column: str, row: UUID, person: UUID) -> None:
    here = COLUMNS[column](row, person)

    assert sealer.open(sealer.seal(b"Delgado", here[0]), *here) == b"Delgado"


@given(column=columns, row=rows, person=rows, other=st.tuples(columns, rows, rows))
def test_opens_in_no_other_row_column_or_person(
    column: str, row: UUID, person: UUID, other: tuple[str, UUID, UUID]
) -> None:
    """Under one key for all, which is more than anybody has who moves a blob."""
    theirs = person if column in BOUND_TO_A_PERSON else other[2]
    sealed = sealer.seal(b"Delgado", COLUMNS[column](row, person)[0])
    if other == (column, row, theirs):
        return
    with pytest.raises(Broken):
        sealer.open(sealed, *COLUMNS[other[0]](other[1], other[2]))
