"""The `hub` command: one module a noun."""

import sys
from typing import NoReturn

from sqlalchemy.exc import OperationalError

from hub.cli.app import app
from hub.errors import HubError
from hub.store.crypto import Broken

__all__ = ["main"]


def main() -> None:
    """Runs a command; a mistake of the user's is one plain line on standard error, and never a stack trace."""
    from hub.cli import (  # noqa: F401  (each adds its commands)
        access,
        accounting,
        accounts,
        administration,
        audit,
        backups,
        checks,
        codes,
        directory,
        emergencies,
        feeds,
        hmis,
        keys,
        law,
        orders,
        packs,
        parcels,
        policy,
        providers,
        retention,
        running,
        witness,
    )

    try:
        app()
    except HubError as error:
        _leave(error.detail, error.next_steps)
    except Broken as error:
        _leave(str(error), "Look whether HUB_KEY_FILE holds the keys that this database was sealed with.")
    except OperationalError:
        _leave("The database broke off what was being done.", "Look whether it runs, and try again.")


def _leave(what: str, next_steps: str) -> NoReturn:
    print(f"hub: {what}", file=sys.stderr)
    if next_steps:
        print(next_steps, file=sys.stderr)
    sys.exit(2)
