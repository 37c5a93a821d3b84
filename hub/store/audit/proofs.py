"""Proof of one entry for someone who has neither the hub nor its database.

A bundle is a JSON object:

    format      "handoff-hub/audit-proof/v1"
    seq         number of the leaf, from 0
    leaf        the leaf: version byte and twelve digests, hexadecimal
    fields      what is disclosed, by name: {"salt": hexadecimal, "value": JSON text}
    path        hashes from the leaf up to the root, hexadecimal
    checkpoint  the signed head of the tree
    key         the log's public key, as `golang.org/x/mod/sumdb/note` writes it
    witnesses   public keys of the witnesses whose cosignatures stand under the checkpoint, written likewise

To check it: the checkpoint's signature, the path from leaf to root (RFC 9162 §2.1.3.2), and that each disclosed field's
digest (see `commitments`) is one of the leaf's; a cosignature as C2SP `tlog-cosignature` says. Whoever checks must know
the log's key, and those of the witnesses, from elsewhere.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal

import orjson
from pydantic import JsonValue
from sqlalchemy import Connection, Row, select
from sqlmodel import Session

from hub.errors import Invalid, NotFound, Unavailable
from hub.store import merkle
from hub.store.audit import commitments, tree, witnesses
from hub.store.audit.commitments import FIELDS, Content
from hub.store.audit.sequencer import Checkpoint
from hub.store.audit.signing import signer_after
from hub.store.audit.subjects import OWN, SubjectKeys
from hub.store.audit.tables import checkpoints, entries, leaves
from hub.store.audit.tables import keys as subject_keys
from hub.store.audit.tree import Tampered
from hub.store.checkpoints import Forged, Head, Verifier
from hub.store.cosignatures import WitnessKey
from hub.store.crypto import Broken, Keys
from schemas.frozen import Frozen


class Unproven(Exception):
    """A bundle does not prove what it says; the text says at which step."""


class Disclosed(Frozen):
    """One field laid open; `value` is JSON text, hashed as it stands."""

    salt: str
    value: str


class Bundle(Frozen):
    """The shape of a bundle."""

    format: Literal["handoff-hub/audit-proof/v1"] = "handoff-hub/audit-proof/v1"
    seq: int
    leaf: str
    fields: dict[str, Disclosed]
    path: tuple[str, ...]
    checkpoint: str
    key: str
    witnesses: tuple[str, ...] = ()


def prove(session: Session, keys: Keys, seq: int, fields: Collection[str] | None = None) -> dict[str, Any]:
    """The bundle for an entry, with these fields laid open; None: all twelve, or none where an order closed the entry.

    Raises `NotFound`, `Invalid` for a field that does not exist, `Unavailable` until a checkpoint covers the entry.
    """
    if unknown := set(fields or ()) - set(FIELDS):
        raise Invalid(
            f"An audit entry has {len(FIELDS)} fields: {', '.join(FIELDS)}; not {len(unknown)} of those asked."
        )
    connection = session.connection()
    row = connection.execute(_ENTRY.where(leaves.c.seq == seq)).first()
    if row is None:
        raise NotFound(f"The audit log has no entry {seq}.")
    if fields is None and not _is_open(row):
        fields = ()
    signed = _covering(connection, seq)
    path = merkle.inclusion(seq, signed.size, tree.StoredHashes(connection))
    return Bundle(
        seq=seq,
        leaf=row.leaf.hex(),
        fields=_disclosed(keys, row, FIELDS if fields is None else fields),
        path=tuple(part.hex() for part in path),
        checkpoint=signed.note + "".join(witnesses.lines(connection, signed.number)),
        key=str(signer_after(keys, signed.note).verifier),
        witnesses=witnesses.cosigners(connection, signed.number),
    ).model_dump(mode="json")


def check_bundle(
    bundle: Mapping[str, Any], key: str | None = None, witnessed_by: Collection[str] = ()
) -> dict[str, JsonValue]:
    """The disclosed fields, proved; raises `Unproven`.

    `key` is the log's public key as the checker knows it from elsewhere. None takes the bundle's own word for it, which
    proves only that whoever holds that key signed this. `witnessed_by` are keys of witnesses, known likewise, that must
    have cosigned; the cosignatures of those the bundle names must hold in any case.
    """
    try:
        proof = Bundle.model_validate(bundle)
        leaf, path = bytes.fromhex(proof.leaf), [bytes.fromhex(part) for part in proof.path]
        digests = commitments.digests(leaf)
    except ValueError as error:
        raise Unproven("This is not a bundle of version 1.") from error
    head = _head(proof, key)
    _check_witnesses(proof, witnessed_by)
    if not merkle.includes(path, leaf=merkle.leaf_hash(leaf), index=proof.seq, size=head.size, root=head.root):
        raise Unproven("The path does not lead from the entry to the signed root.")
    return {name: _checked(name, field, digests) for name, field in proof.fields.items()}


def _is_open(row: Row[Any]) -> bool:
    """Whether there is anything to lay open: not so where an order blanked the entry or took its key."""
    return row.sealed is not None and (row.wrapped is not None or row.sealed[:1] != bytes([OWN]))


def _disclosed(keys: Keys, row: Row[Any], wanted: Collection[str]) -> dict[str, Disclosed]:
    if not wanted:
        return {}
    if not _is_open(row):
        raise Unavailable("What this entry says is closed or gone by order; its place alone can be proved.")
    try:
        opener = SubjectKeys(keys).opener(row.sealed, row.subject, row.wrapped)
        secret, details = commitments.unseal(opener, row.id, row.sealed)
    except Broken as error:
        raise Tampered(f"Entry {row.seq} of the audit log does not open.") from error
    content = Content(row.id, row.at, row.act, row.actor, row.participant, row.subject, details)
    opened = zip(FIELDS, commitments.salts(secret), content.fields(), strict=True)
    return {name: Disclosed(salt=salt.hex(), value=value.decode()) for name, salt, value in opened if name in wanted}


def _head(proof: Bundle, key: str | None) -> Head:
    if key is not None and key != proof.key:
        raise Unproven("The bundle is signed under another key than the log's.")
    try:
        return Verifier.parse(proof.key).open(proof.checkpoint)
    except Forged as error:
        raise Unproven(str(error)) from error


def _check_witnesses(proof: Bundle, wanted: Collection[str]) -> None:
    for written in {*proof.witnesses, *wanted}:
        try:
            key = WitnessKey.parse(written)
            if key.time_of(proof.checkpoint) is None:
                raise Unproven(f"The witness {key.name} has not cosigned this checkpoint.")
        except Forged as error:
            raise Unproven(str(error)) from error


def _covering(connection: Connection, seq: int) -> Checkpoint:
    """The newest checkpoint over an entry that a witness has cosigned; without one, the newest of all."""
    signed = witnesses.newest_cosigned(connection) or 0
    query = select(checkpoints).where(checkpoints.c.size > seq).order_by(checkpoints.c.number.desc()).limit(1)
    row = connection.execute(query.where(checkpoints.c.number <= signed)).first() or connection.execute(query).first()
    if row is None:
        raise Unavailable(f"No checkpoint covers entry {seq} yet.", next_steps="Try again in a minute.")
    return Checkpoint(number=row.number, at=row.at, size=row.size, note=row.note)


def _checked(name: str, field: Disclosed, digests: Collection[bytes]) -> JsonValue:
    try:
        digest = commitments.commitment(name, bytes.fromhex(field.salt), field.value.encode())
        value: JsonValue = orjson.loads(field.value)
    except ValueError as error:
        raise Unproven(f"The field {name!r} is not written as salt and JSON.") from error
    if digest not in digests:
        raise Unproven(f"The field {name!r} is not what the entry says.")
    return value


_ENTRY = (
    select(leaves.c.seq, entries, subject_keys.c.wrapped)
    .join(entries, entries.c.id == leaves.c.entry)
    .outerjoin(subject_keys, subject_keys.c.subject == entries.c.subject)
)
