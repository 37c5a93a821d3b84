"""PostgreSQL's own programs, which copy, stream, start and stop; the hub only says when."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hub.errors import Unavailable
from hub.store import embedded

WORDS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
LAST_LINES = 3


class Programs:
    """The programs of one version of PostgreSQL; those of the embedded server where no folder is named."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or embedded.programs()

    def path(self, name: str) -> str:
        """Where a program is; raises `Unavailable` where it is not."""
        found = self.folder / name
        if not found.is_file():
            raise Unavailable(
                f"There is no {name} in {self.folder}.", next_steps="Set HUB_PG_PROGRAMS to the folder that has it."
            )
        return str(found)

    def run(self, name: str, *words: str, url: str | None = None, user: str | None = None) -> str:
        """What the program said; raises `Unavailable` with its last lines when it fails."""
        command, own = [self.path(name), *words], environment(url)
        with tempfile.TemporaryFile("w+") as told:  # a file and no pipe, which a server that is started would hold open
            ended = subprocess.run(command, env=own, user=user, stdout=told, stderr=told, check=False)  # noqa: S603  (no shell)
            told.seek(0)
            said = told.read()
        if ended.returncode:
            raise Unavailable(f"{name} did not succeed: {_end_of(said)}")
        return said

    def begin(self, name: str, *words: str, url: str) -> "subprocess.Popen[bytes]":
        """The program, running."""
        return subprocess.Popen([self.path(name), *words], env=environment(url))  # noqa: S603  (no shell)


def environment(url: str | None) -> Mapping[str, str]:
    """The process's own, and where the server is: on a command line everyone on the machine could read it."""
    if url is None:
        return os.environ
    said = conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    return {**os.environ, **{WORDS[word]: str(value) for word, value in said.items() if word in WORDS}}


def database_of(url: str) -> tuple[str, str]:
    """The name of the database, and as whom it is opened."""
    said = conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    user = str(said.get("user") or os.environ.get("PGUSER") or "postgres")
    return str(said.get("dbname") or user), user


def _end_of(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " ".join(lines[-LAST_LINES:]) or "it did not say why"
