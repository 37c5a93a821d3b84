"""What has been kept long enough gives up its content; `hub.store.retention` says how long that is."""

from datetime import datetime, timedelta

from sqlmodel import Session

from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import Keys
from hub.store.messages import Messages

AT_ONCE = 100


def empty_what_is_over(session: Session, keys: Keys, days: int, *, at: datetime) -> int:
    """Destroys the content of messages that were read whole so many days ago, some at a time; says how many."""
    messages = Messages(session, keys)
    over = messages.over(at - timedelta(days=days), limit=AT_ONCE)
    for row in over:
        messages.empty(row)
    if over:
        details: dict[str, JSON] = {"messages": [str(row.id) for row in over], "days": days}
        AuditLog(session, keys).append(Act.MESSAGE_EMPTIED, at=at, actor="hub:worker", details=details)
    return len(over)
