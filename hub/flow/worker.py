"""What goes on without being asked: reading messages, delivering parcels, giving the audit log its shape."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.codes import codes_of
from hub.flow.intake import Reader
from hub.flow.outbox import Courier
from hub.settings import Settings
from hub.store import audit
from hub.store.accounts import forget_expired
from hub.store.crypto import Keys
from hub.store.db import transaction

log = structlog.get_logger()

PAUSE = 0.2
CHECKPOINT_EVERY = timedelta(seconds=5)


class Worker:
    """Three loops in threads of their own; any number of workers may run beside each other."""

    def __init__(self, engine: Engine, keys: Keys, settings: Settings) -> None:
        self.engine = engine
        self.keys = keys
        self._reader = Reader(engine, keys, auto_link=settings.auto_link, codes=codes_of(settings))
        self._courier = Courier(engine, keys)
        self._stopping = threading.Event()
        self._signed_at = datetime.min.replace(tzinfo=UTC)
        loops: dict[str, Callable[[datetime], int]] = {
            "reader": self._reader.round,
            "courier": self._courier.round,
            "trail": self.keep_the_trail,
        }
        self._threads = [
            threading.Thread(target=self._loop, args=[name, work], name=name, daemon=True)
            for name, work in loops.items()
        ]

    def start(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def is_running(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Lets what is under way end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def wait(self) -> None:
        """Blocks until it is stopped."""
        self._stopping.wait()

    def keep_the_trail(self, now: datetime) -> int:
        """Gives new audit entries their leaves, and signs the tree every few seconds while it grows."""
        added = audit.sequence(self.engine)
        if now - self._signed_at >= CHECKPOINT_EVERY:
            audit.checkpoint(self.engine, self.keys, now)
            with transaction(self.engine) as session:
                forget_expired(session, at=now)
            self._signed_at = now
        return added

    def _loop(self, name: str, work: Callable[[datetime], int]) -> None:
        while not self._stopping.is_set():
            try:
                work(datetime.now(UTC))
            except OperationalError:
                log.warning("worker.database-away", loop=name)
            except Exception as error:  # noqa: BLE001  (a loop that dies would be a hub that silently stops)
                log.error("worker.round-failed", loop=name, error=type(error).__name__)
            self._stopping.wait(PAUSE)
