"""The stored tree: which rows hold which hashes, and the one lock under which it grows."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, text

from hub.errors import Unavailable
from hub.store.audit.tables import leaves
from hub.store.merkle import HASH_BYTES, Node

_COMPLETED = text("SELECT seq, completed FROM audit_leaf WHERE seq = ANY(CAST(:seqs AS bigint[]))")


class Tampered(Unavailable):
    """The stored log contradicts itself; nothing is added to it until someone has looked."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, next_steps="Run `hub audit verify` and tell the compliance officer.")


class StoredHashes:
    """Reads the hashes of subtrees; a `merkle.Reader`. Raises `Tampered` where a row lacks one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, nodes: Sequence[Node]) -> list[bytes]:
        rows = self._connection.execute(_COMPLETED, {"seqs": [node.last_leaf for node in nodes]})
        completed = {row.seq: row.completed for row in rows}
        return [self._hash(node, completed.get(node.last_leaf, b"")) for node in nodes]

    def _hash(self, node: Node, completed: bytes) -> bytes:
        start = node.level * HASH_BYTES
        found = completed[start : start + HASH_BYTES]
        if len(found) != HASH_BYTES:
            raise Tampered(f"Leaf {node.last_leaf} of the audit log is gone or cut short.")
        return found


def size(connection: Connection) -> int:
    """How many leaves there are; the next one's number."""
    last: int | None = connection.scalar(select(func.max(leaves.c.seq)))
    return 0 if last is None else last + 1


def lock(connection: Connection) -> None:
    """Waits until this transaction alone may let the tree grow; held until it ends.

    Must come first in the transaction: what others have committed is seen by the statements after it.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('hub.audit'))"))
