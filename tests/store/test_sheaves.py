"""A sheaf says what its records would say alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.records import Bound, Identified
from hub.store.records.filing import filings
from schemas.canonical import CanonicalRecord, Identifier, SourceRow
from schemas.disclosure import InHmis, Provenance
from schemas.sheaves import Leaf, Sheaf
from schemas.vocab import Funding, Sensitivity
from schemas.vocab.records import Change

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
moments = st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def record(
    key: str,
    values: Mapping[str, str],
    at: datetime | None,
    updated_at: datetime | None,
    as_sent: Mapping[str, str] = {},
    change: Change = Change.UPSERT,
) -> CanonicalRecord:
    return CanonicalRecord(
        feed="test",
        key=key,
        subject=Identifier(system="urn:test", value=f"P{key}"),
        held_by="Organization/1",
        occurred_at=at,
        updated_at=updated_at,
        change=change,
        provenance=Provenance(hmis=InHmis(funding=frozenset({Funding.PATH}))),
        sensitivity=frozenset({Sensitivity.SOC}),
        reveals={"values": Sensitivity.PSY},
        as_sent=as_sent,
        body=SourceRow(table="Row", values=values),
    )


def in_a_sheaf(one: CanonicalRecord) -> Sheaf:
    assert one.subject is not None
    as_sent = orjson.dumps(dict(one.as_sent)) if one.as_sent else b""
    body = one.body.model_dump_json(exclude_none=True).encode()
    leaf = Leaf(one.key, one.subject.value, one.occurred_at, one.updated_at, body, as_sent)
    return Sheaf(like=record("another", {}, None, None, change=one.change), leaves=(leaf,))


@given(texts, st.dictionaries(texts, texts), moments, moments, st.dictionaries(texts, texts), st.sampled_from(Change))
def test_a_record_says_the_same_alone_and_in_a_sheaf(
    key: str,
    values: dict[str, str],
    at: datetime | None,
    updated_at: datetime | None,
    as_sent: dict[str, str],
    change: Change,
) -> None:
    one = record(key, values, at, updated_at, as_sent, change)

    alone = list(filings("source", [Identified(one, UUID(int=1), "holder")]))
    bound = list(filings("source", [Bound(in_a_sheaf(one), [UUID(int=1)], "holder")]))

    assert bound == alone


def test_a_leaf_without_its_person_is_not_kept() -> None:
    sheaf = in_a_sheaf(record("1", {}, None, None))

    with pytest.raises(ValueError, match="longer"):
        list(filings("source", [Bound(sheaf, [], "holder")]))
