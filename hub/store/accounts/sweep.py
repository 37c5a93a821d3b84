"""What has run out is forgotten."""

from datetime import datetime

from sqlmodel import Session, col, delete

from hub.store.accounts.clients import AccessTokenRow, UsedAssertionRow
from hub.store.accounts.journeys import JourneyRow
from hub.store.accounts.rates import WINDOW, counts
from hub.store.accounts.sessions import Limits, WebSessionRow


def forget_expired(session: Session, *, at: datetime, limits: Limits = Limits()) -> int:  # noqa: B008  (frozen)
    """Removes sessions, ways to sign in, tokens and used assertions that nobody can use any more; says how many."""
    idle = col(WebSessionRow.seen_at) <= at - limits.idle
    statements = (
        delete(WebSessionRow).where((col(WebSessionRow.expires_at) <= at) | idle),
        delete(AccessTokenRow).where(col(AccessTokenRow.expires_at) <= at),
        delete(JourneyRow).where(col(JourneyRow.expires_at) <= at),
        delete(UsedAssertionRow).where(col(UsedAssertionRow.expires_at) <= at),
    )
    session.connection().execute(delete(counts).where(counts.c.since < at - 5 * WINDOW))
    return sum(session.exec(statement).rowcount for statement in statements)
