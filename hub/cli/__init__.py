"""The `hub` command: one module a noun."""

import sys

from hub.cli.app import app
from hub.errors import HubError

__all__ = ["main"]


def main() -> None:
    """Runs a command; a mistake of the user's is one plain line on standard error, and never a stack trace."""
    from hub.cli import administration, audit, feeds, law, running  # noqa: F401  (each adds its commands)

    try:
        app()
    except HubError as error:
        print(f"hub: {error.detail}", file=sys.stderr)
        if error.next_steps:
            print(error.next_steps, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
