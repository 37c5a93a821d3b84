"""Taking turns, so that two processes that meet one unknown person at once do not make two of them.

Looking for a match and adding who was not found are two steps. Whoever does both first locks what the match would have
been found by: every blocking token, in one order for all, so that nobody waits in a circle.

A large batch would need more locks than PostgreSQL keeps room for, and would wait for each; it locks the whole index
instead, and those who work on single tokens hold a shared lock on that. A process should therefore identify its whole
batch in one call and commit soon after.
"""

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlmodel import Session

WHOLE_INDEX = int.from_bytes(b"hub.pers")
MOST_SINGLE_LOCKS = 48

_LOCK_ALONE = text("SELECT pg_advisory_xact_lock(:lock)")
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(:lock)")
_LOCK_EACH = text("SELECT count(pg_advisory_xact_lock(lock)) FROM unnest(:locks) lock").bindparams(
    bindparam("locks", type_=ARRAY(BigInteger))
)


def take_turns(session: Session, tokens: Collection[bytes]) -> None:
    """Returns once nobody else is identifying people by any of these tokens; holds until the transaction ends."""
    connection = session.connection()
    if len(tokens) > MOST_SINGLE_LOCKS:
        connection.execute(_LOCK_ALONE, {"lock": WHOLE_INDEX})
        return
    locks = sorted({int.from_bytes(token[:8], signed=True) for token in tokens})
    connection.execute(_LOCK_SHARED, {"lock": WHOLE_INDEX})
    connection.execute(_LOCK_EACH, {"locks": locks})
