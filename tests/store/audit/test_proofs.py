"""A bundle proves one entry to someone with a standard library, `cryptography`, and the log's key."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from hub.errors import Invalid, NotFound, Unavailable
from hub.store import db
from hub.store.audit import (
    FIELDS,
    Act,
    AuditLog,
    Draft,
    Unproven,
    check_bundle,
    checkpoint,
    prove,
    sequence,
)
from hub.store.checkpoints import Signer
from hub.store.crypto import Keys

AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)
MARCUS = UUID("0b5c1a3e-8a34-4f0e-9a53-3f7f7f1d2a10")
DETAILS = {"purpose": "COC", "decision": "permit", "rules": ["hipaa.treatment"], "query": "q-1"}


def checked_by_a_stranger(bundle: Mapping[str, Any], key: str) -> dict[str, Any]:
    """What a third party would write from the description alone; knows nothing of the hub's code."""
    assert bundle["key"] == key
    name, _, written = key.split("+", 2)
    public = b64decode(written)[1:]
    text, _, signature = bundle["checkpoint"].partition("\n\n")
    Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signature.split()[2])[4:], (text + "\n").encode())
    origin, size, root = text.split("\n")
    assert origin == name
    leaf = bytes.fromhex(bundle["leaf"])
    found, here, last = sha256(b"\0" + leaf).digest(), bundle["seq"], int(size) - 1
    for part in map(bytes.fromhex, bundle["path"]):
        left = here % 2 == 1 or here == last
        found = sha256(b"\1" + (part + found if left else found + part)).digest()
        while left and here % 2 == 0 and here:
            here, last = here // 2, last // 2
        here, last = here // 2, last // 2
    assert (found, last) == (b64decode(root), 0)
    digests = [leaf[at : at + 32] for at in range(1, len(leaf), 32)]
    for field, opened in bundle["fields"].items():
        said = len(field).to_bytes(2, "big") + field.encode() + opened["value"].encode()
        assert sha256(b"handoff-hub/audit-field/v1" + bytes.fromhex(opened["salt"]) + said).digest() in digests
    return {field: json.loads(opened["value"]) for field, opened in bundle["fields"].items()}


@pytest.fixture
def key(keys: Keys) -> str:
    return str(Signer(keys.derive("audit-signing")).verifier)


@pytest.fixture
def told(engine: Engine, session: Session, keys: Keys) -> Session:
    """Eleven signed entries, the one at 6 with details."""
    with db.transaction(engine) as writing:
        log = AuditLog(writing, keys)
        log.append_many([Draft(Act.MESSAGE_READ, AT, "worker")] * 6)
        log.append(Act.CONTACT_RELEASED, at=AT, actor="ana", participant="team", subject=MARCUS, details=DETAILS)
        log.append_many([Draft(Act.MESSAGE_READ, AT, "worker")] * 4)
    sequence(engine)
    checkpoint(engine, keys, AT)
    return session


@pytest.fixture
def bundle(told: Session, keys: Keys) -> dict[str, Any]:
    received: dict[str, Any] = json.loads(json.dumps(prove(told, keys, 6, ("at", "act", "decision", "details"))))
    return received


class TestProve:
    def test_lays_open_the_fields_asked_for_and_no_others(self, bundle: dict[str, Any], key: str) -> None:
        assert check_bundle(bundle, key) == {
            "at": "2026-06-15T02:10:00Z",
            "act": "hub:contact:released",
            "decision": "permit",
            "details": {"query": "q-1"},
        }
        assert "hipaa.treatment" not in json.dumps(bundle)

    def test_lays_all_twelve_open_when_none_is_named(self, told: Session, keys: Keys) -> None:
        opened = check_bundle(prove(told, keys, 6))

        assert tuple(opened) == FIELDS
        assert (opened["actor"], opened["rules"], opened["facts"]) == ("ana", ["hipaa.treatment"], None)
        assert opened["subject"] == AuditLog(told, keys).entry(6).subject

    def test_can_lay_nothing_open(self, told: Session, keys: Keys) -> None:
        assert check_bundle(prove(told, keys, 6, ())) == {}

    @pytest.mark.parametrize("seq", range(11))
    def test_convinces_a_stranger_of_every_entry(self, told: Session, keys: Keys, key: str, seq: int) -> None:
        bundle = prove(told, keys, seq)

        assert checked_by_a_stranger(bundle, key) == check_bundle(bundle, key)

    def test_of_an_entry_that_does_not_exist_is_not_found(self, told: Session, keys: Keys) -> None:
        with pytest.raises(NotFound):
            prove(told, keys, 11)

    def test_of_a_field_that_does_not_exist_is_refused(self, told: Session, keys: Keys) -> None:
        with pytest.raises(Invalid, match="12 fields"):
            prove(told, keys, 6, ("name",))

    def test_waits_for_a_checkpoint(self, told: Session, engine: Engine, keys: Keys) -> None:
        with db.transaction(engine) as writing:
            AuditLog(writing, keys).append(Act.CONTACT_ASKED, at=AT, actor="ana")
        sequence(engine)

        with pytest.raises(Unavailable, match="No checkpoint covers entry 11"):
            prove(told, keys, 11)


def _replaced(bundle: dict[str, Any], place: tuple[str, ...], change: Callable[[Any], Any]) -> dict[str, Any]:
    if len(place) == 1:
        return {**bundle, place[0]: change(bundle[place[0]])}
    return {**bundle, place[0]: _replaced(bundle[place[0]], place[1:], change)}


class TestCheckBundle:
    @pytest.mark.parametrize(
        ("place", "change"),
        [
            (("fields", "decision", "value"), lambda _: '"deny"'),
            (("fields", "decision", "salt"), lambda salt: salt[2:] + salt[:2]),
            (("fields", "decision", "salt"), lambda _: "no salt"),
            (("fields", "at", "value"), lambda _: "not JSON"),
            (("fields",), lambda fields: {"purpose": fields["decision"]}),
            (("seq",), lambda seq: seq - 1),
            (("seq",), lambda _: 11),
            (("leaf",), lambda leaf: leaf[:-2] + "00"),
            (("leaf",), lambda leaf: leaf[2:]),
            (("path",), lambda path: path[1:]),
            (("path",), lambda path: [*path, path[0]]),
            (("checkpoint",), lambda note: note.replace("\n11\n", "\n12\n")),
            (("checkpoint",), lambda _: ""),
            (("format",), lambda _: "handoff-hub/audit-proof/v2"),
            (("key",), lambda key: key[:-2]),
        ],
    )
    def test_refuses_a_changed_bundle(
        self, bundle: dict[str, Any], place: tuple[str, ...], change: Callable[[Any], Any]
    ) -> None:
        with pytest.raises(Unproven):
            check_bundle(_replaced(bundle, place, change))

    def test_refuses_a_bundle_signed_under_another_key(self, bundle: dict[str, Any]) -> None:
        other = str(Signer(b"\x08" * 32).verifier)

        with pytest.raises(Unproven, match="another key"):
            check_bundle(bundle, other)

    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
    @given(data=st.data())
    def test_refuses_any_flipped_character(self, bundle: dict[str, Any], data: st.DataObject) -> None:
        written = json.dumps(bundle, ensure_ascii=False)
        at = data.draw(st.integers(0, len(written) - 1))
        flipped = written[:at] + data.draw(st.sampled_from('0a"Z9')) + written[at + 1 :]
        try:
            read = json.loads(flipped)
            said = check_bundle(read, bundle["key"])
        except (ValueError, Unproven):
            return
        assert said == check_bundle(bundle)
