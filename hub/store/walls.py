"""The second wall: what each part of the hub may do in the database, whatever its code was talked into.

The parts are database roles, made by a migration that also says what each may do; none owns anything, and who owns the
tables is none of them. A part that has a login of its own cannot become anybody else. Where the database is reached as
its owner, a part only takes the role on, which holds against mistakes, but not against whoever can run any statement.
"""

import structlog
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from hub.errors import Unavailable
from hub.store import db
from schemas.vocab.word import Word

log = structlog.get_logger()


class Part(Word):
    """A part of the hub, by the name of its database role."""

    WEB = "hub_web", "The API and the pages: writes to the audit log and never changes it; sees its caller's messages."
    WORKER = (
        "hub_worker",
        "Reads messages, also those it pulls, delivers parcels, and gives the audit log's entries their places.",
    )
    LISTENER = "hub_listener", "Takes messages in; reads nothing but who takes part."


_SPEAK_FOR = text("SELECT set_config('hub.participant', :participant, true)")


def speak_for(session: Session, participant: str) -> None:
    """From now on this transaction sees the messages of that participant; without it, none."""
    session.connection().execute(_SPEAK_FOR, {"participant": participant})


def as_part(engine: Engine, part: Part) -> Engine:
    """The same database with the rights of one part. Raises `Unavailable` where they cannot be had."""
    if engine.url.username == part:
        return engine
    own = db.connect(engine.url.set(username=part)) if _lets_its_neighbours_in(engine.url) else None
    if own is not None and _is_had(own):
        return own
    taken = db.connect(engine.url, role=part)
    if _is_had(taken):
        log.warning("database.one-login-for-all", part=part, advice=f"connect as {part}: see docker/compose.yaml")
        return taken
    raise Unavailable(
        f"The database user may not work as {part}.",
        next_steps=f"Connect as {part}, or as its owner: GRANT {part} TO {engine.url.username};",
    )


def _lets_its_neighbours_in(url: URL) -> bool:
    """Whether the server is on this machine and asks for no password, as the embedded one: its folder is its lock."""
    return url.password in {None, ""} and str(url.query.get("host", "")).startswith("/")


def _is_had(engine: Engine) -> bool:
    try:
        with engine.connect():
            return True
    except OperationalError:
        engine.dispose()
        return False
