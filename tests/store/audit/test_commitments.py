"""Commitments: each field has its own, and only what was said opens it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store.audit import FIELDS
from hub.store.audit.commitments import Content, digests, leaf, salts, seal, unseal
from hub.store.crypto import Broken, Keys

SECRET = b"\x01" * 32
SAID = Content(
    id=UUID("019ec93c-2d00-7000-8000-000000000001"),
    at=datetime(2026, 6, 15, 2, 10, tzinfo=UTC),
    act="hub:contact:released",
    actor="ana",
    participant="crisis-team",
    subject="0f" * 16,
    details={"purpose": "COC", "recipient": "r", "decision": "permit", "rules": ["a"], "facts": "f", "query": "q"},
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class TestLeaf:
    @pytest.mark.parametrize(
        ("field", "change"),
        [
            ("id", {"id": UUID("019ec93c-2d00-7000-8000-000000000002")}),
            ("at", {"at": SAID.at + timedelta(microseconds=1)}),
            ("act", {"act": "hub:contact:withheld"}),
            ("actor", {"actor": "ben"}),
            ("participant", {"participant": None}),
            ("subject", {"subject": None}),
            *((name, {"details": {**SAID.details, name: "other"}}) for name in FIELDS[6:11]),
            ("details", {"details": {**SAID.details, "query": "other"}}),
        ],
    )
    def test_differs_in_the_changed_field_alone(self, field: str, change: dict[str, Any]) -> None:
        before, after = (digests(leaf(said, SECRET)) for said in (SAID, SAID._replace(**change)))

        assert [name for name, old, new in zip(FIELDS, before, after, strict=True) if old != new] == [field]

    def test_of_the_same_words_under_another_secret_shares_no_digest(self) -> None:
        assert not set(digests(leaf(SAID, SECRET))) & set(digests(leaf(SAID, b"\x02" * 32)))

    def test_has_a_salt_of_its_own_for_each_field(self) -> None:
        assert len(set(salts(SECRET))) == len(FIELDS)

    @pytest.mark.parametrize("changed", [b"", b"\x01", b"\x02" + leaf(SAID, SECRET)[1:], leaf(SAID, SECRET) + b"\0"])
    def test_of_another_shape_is_refused(self, changed: bytes) -> None:
        with pytest.raises(ValueError, match="version 1"):
            digests(changed)


class TestUnseal:
    @settings(deadline=None)
    @given(details=st.dictionaries(st.text(), values, max_size=5))
    def test_gives_back_what_makes_the_same_leaf(self, keys: Keys, details: dict[str, Any]) -> None:
        said = SAID._replace(details=details)
        secret, opened = unseal(keys.audit, said.id, seal(keys.audit, said, SECRET))

        assert leaf(said._replace(details=opened), secret) == leaf(said, SECRET)

    def test_does_not_open_in_another_entrys_place(self, keys: Keys) -> None:
        with pytest.raises(Broken):
            unseal(keys.audit, UUID(int=1), seal(keys.audit, SAID, SECRET))
