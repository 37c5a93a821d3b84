"""The database: one engine, and transactions that commit before anyone is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
from alembic import command
from alembic.config import Config
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlmodel import Session

from hub.errors import Refused, Unavailable, Unknown
from hub.settings import Settings
from hub.store import embedded

MIGRATIONS = Path(__file__).parents[1] / "migrations"
SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


def url_of(settings: Settings) -> str:
    """The URL of the hub's database; starts the embedded server when no other is named."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return embedded.start(settings.home)


def stop(settings: Settings) -> None:
    """Stops the embedded server, if this process was the last to use it."""
    embedded.stop(settings.home)


def connect(url: str | URL, *, role: str | None = None) -> Engine:
    """An engine whose commits are durable: what is acknowledged survives a power cut. On demand it takes on a role.

    Raises `Unavailable`, without the address, which may hold a password, for what is no address of a PostgreSQL.
    """
    try:
        return _engine(url, "" if role is None else f" -c role={role}")
    except (ArgumentError, ValueError):
        raise Unavailable(
            "HUB_DATABASE_URL is not the address of a PostgreSQL.",
            next_steps="It should read postgresql://user:password@host/name.",
        ) from None


def _engine(url: str | URL, wish: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername not in SCHEMES:
        raise ArgumentError("another scheme")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"options": f"-c timezone=UTC -c synchronous_commit=on{wish}", "connect_timeout": 5},
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end, or leaves nothing behind; a refusal or silence that is on record is kept."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
        except (Refused, Unknown):
            session.commit()
            raise
        session.commit()


def now(session: Session) -> datetime:
    """The database's time: the one clock that all processes share, by which leases and waits are reckoned."""
    at: datetime = session.connection().scalar(text("SELECT clock_timestamp()"))
    return at.astimezone(UTC)


def upgrade(engine: Engine) -> None:
    """Brings the schema up to date; two processes at once take turns. Raises `Unavailable` when it may not."""
    try:
        _upgrade(engine)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise _not_the_owner(making_roles="CREATE ROLE" in (error.statement or "")) from None


def _not_the_owner(*, making_roles: bool) -> Unavailable:
    if making_roles:
        return Unavailable(
            "The database user may not make the database roles of the hub's parts.",
            next_steps="As a superuser: CREATE ROLE hub_web LOGIN; CREATE ROLE hub_worker LOGIN; "
            "CREATE ROLE hub_listener LOGIN; then again: hub db upgrade",
        )
    return Unavailable(
        "The database user may not make the hub's tables.",
        next_steps="As the owner of the database: hub db upgrade",
    )


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('hub.migrate'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def ready(engine: Engine) -> None:
    """Returns when the database answers; raises `Unavailable` when it does not."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as error:
        raise Unavailable("The database does not answer.", next_steps="Check HUB_DATABASE_URL.") from error
