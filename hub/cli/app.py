"""The command itself, and what its parts share."""

from dataclasses import dataclass
from functools import cached_property

import typer
from rich.console import Console
from sqlalchemy import Engine

from hub import logs
from hub.settings import Settings, settings
from hub.store import db
from hub.store.crypto import Keys, load

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


@dataclass(frozen=True)
class Hub:
    """An open hub: settings, keys and a migrated database."""

    settings: Settings

    @cached_property
    def keys(self) -> Keys:
        return load(self.settings.keys)

    @cached_property
    def engine(self) -> Engine:
        engine = db.connect(db.url_of(self.settings))
        db.ready(engine)
        db.upgrade(engine)
        return engine


def open_hub() -> Hub:
    """The hub that the settings name."""
    found = settings()
    logs.set_up(found.log_level)
    return Hub(found)
