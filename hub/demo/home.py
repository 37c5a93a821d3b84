"""Where the demo lives: a hub of its own, with an embedded database, apart from any real one."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from hub import logs
from hub.demo.county import County, generate
from hub.demo.county.days import ZONE
from hub.settings import Settings, settings
from hub.store import db
from hub.store.crypto import Keys, load
from hub.store.walls import Part, as_part

SEED = 7


@dataclass(frozen=True)
class DemoHome:
    """A demo hub's settings, keys, database and county."""

    settings: Settings
    people: int

    @cached_property
    def keys(self) -> Keys:
        return load(self.settings.keys)

    @cached_property
    def engine(self) -> Engine:
        engine = db.connect(db.url_of(self.settings))
        db.upgrade(engine)
        return engine

    @cached_property
    def at_work(self) -> Engine:
        """The database with the rights of the worker, which reads what feeds send."""
        return as_part(self.engine, Part.WORKER)

    def let_go(self) -> None:
        """Hangs up on the database."""
        self.at_work.dispose()
        self.engine.dispose()

    @cached_property
    def county(self) -> County:
        return generate(self.settings.home / "county", people=self.people, seed=SEED, now=datetime.now(UTC))

    @property
    def client_keys(self) -> Path:
        return self.settings.home / "client-keys"


def lasting(*, port: int, people: int) -> DemoHome:
    """The demo that is there again at the next start, under `HUB_HOME/demo`."""
    return _home(settings().home / "demo", port=port, mllp_port=settings().mllp_port, people=people)


@contextmanager
def passing(*, people: int) -> Iterator[DemoHome]:
    """A demo that leaves nothing behind; it takes any free port."""
    with tempfile.TemporaryDirectory(prefix="hub-demo-", ignore_cleanup_errors=True) as folder:
        home = _home(Path(folder), port=0, mllp_port=0, people=people)
        try:
            yield home
        finally:
            home.let_go()
            db.stop(home.settings)
            shutil.rmtree(folder, ignore_errors=True)


def _home(folder: Path, *, port: int, mllp_port: int, people: int) -> DemoHome:
    folder.mkdir(parents=True, exist_ok=True)
    logs.set_up("ERROR")
    own = Settings(
        home=folder,
        database_url=None,
        key_file=None,
        host="127.0.0.1",
        port=port,
        mllp_port=mllp_port,
        mllp_source="mercy-hospital",
        public_url=f"http://127.0.0.1:{port}",
        time_zone=ZONE.key,
    )
    return DemoHome(own, people)
