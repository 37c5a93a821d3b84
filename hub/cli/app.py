"""The command itself, and what its parts share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import Session

from hub import logs
from hub.errors import Invalid, Unavailable
from hub.flow import cosigning
from hub.settings import Settings, settings
from hub.store import audit, db
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import KeyFile, Keys, providers

app = typer.Typer(
    name="hub",
    help="Consented answers and warm handoffs between crisis, homeless-services, health and justice systems.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
audit_app = typer.Typer(help="The audit log: verify it, prove an entry, export it.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(db_app, name="db")

out = Console()
err = Console(stderr=True)

ACTOR = "hub:cli"
"""Who acts, in the audit log, where a command does."""


@dataclass(frozen=True)
class Hub:
    """An open hub: settings, keys and a migrated database."""

    settings: Settings

    @cached_property
    def key_file(self) -> KeyFile:
        return KeyFile(self.settings.keys, providers.of(self.settings))

    @cached_property
    def keys(self) -> Keys:
        try:
            return Keys(self.key_file.read(), self.key_file)
        except OSError as error:
            raise Unavailable(f"The key file {self.settings.keys} cannot be used: {error.strerror}.") from None

    @cached_property
    def url(self) -> str:
        """Where the database is; the embedded one runs from here on."""
        return db.url_of(self.settings)

    @cached_property
    def engine(self) -> Engine:
        engine = db.connect(self.url)
        db.ready(engine)
        db.upgrade(engine)
        return engine

    @contextmanager
    def change(self, *, ask: bool = True) -> Iterator[Session]:
        """A transaction that is under a signature of the audit log when the block ends, also where no worker runs.

        Raises `Tampered` before anything is done when the log does not hold, when other keys signed it, or when a
        witness has seen more of it; without `ask`, no witness is heard, which only serves to get rid of one.
        """
        if ask:
            self.ask_witnesses()
        self.sign_log()
        with db.transaction(self.engine) as session:
            yield session
        self.sign_log()

    def record(self, session: Session, act: Act, details: Mapping[str, JSON]) -> None:
        """Says in the audit log what this command did, in the command's own transaction."""
        AuditLog(session, self.keys).append(act, at=datetime.now(UTC), actor=ACTOR, details=details)

    def ask_witnesses(self) -> None:
        """Raises `RolledBack` where a witness has cosigned what this database does not have."""
        cosigning.insist_on_newest(self.engine)

    def sign_log(self) -> None:
        """Gives the entries committed so far their places in the audit log, and signs it; raises `Tampered`."""
        audit.sequence(self.engine)
        audit.checkpoint(self.engine, self.keys, datetime.now(UTC))


def text_of(path: Path) -> str:
    """The text of a file; raises `Invalid` where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"{path} is not a UTF-8 file that can be read.") from None


def open_hub() -> Hub:
    """The hub that the settings name."""
    found = settings()
    logs.set_up(found.log_level)
    return Hub(found)
