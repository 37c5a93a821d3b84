"""What goes on without being asked: messages pulled and read, parcels delivered, the audit log given its shape."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from adapters.http import HttpSender
from hub.codes import codes_of
from hub.flow import cosigning
from hub.flow.intake import Reader
from hub.flow.outbox import Courier
from hub.flow.puller import Puller
from hub.flow.restraint import Restraint
from hub.flow.retention import empty_what_is_over
from hub.settings import Settings
from hub.store import audit
from hub.store.accounts import Limits, forget_expired
from hub.store.crypto import Keys
from hub.store.db import transaction

log = structlog.get_logger()

PAUSE = 0.2
PAUSE_AFTER_TROUBLE = 1.0
CHECKPOINT_EVERY = 5.0
LOOK_FOR_PULLS_EVERY = 5.0
COURIERS = 4
"""Couriers in one worker: a partner that hangs takes up at most `parcels.AT_ONE_PARTNER` of them."""


class Worker:
    """Loops in threads of their own; any number of workers may run beside each other."""

    def __init__(self, engine: Engine, keys: Keys, settings: Settings) -> None:
        self.engine = engine
        self.keys = keys
        self._reader = Reader(
            engine, keys, auto_link=settings.auto_link, codes=codes_of(settings), restraint=Restraint.of(settings)
        )
        sender = HttpSender(deadline=settings.delivery_deadline)
        self._courier = Courier(engine, keys, zone=settings.zone, sender=sender)
        self._puller = Puller(engine, keys, settings)
        self._sessions = Limits.of(settings)
        self._message_days = settings.message_days
        self._grace = settings.delivery_deadline + 5
        self._stopping = threading.Event()
        self._notary = cosigning.Notary(engine)
        self._rolled_back = False
        self._signed_at = self._asked_at = self._looked_at = -CHECKPOINT_EVERY
        loops: dict[str, Callable[[], bool]] = {
            "reader": self._reader.read_next,
            "trail": self._keep_the_trail,
            "witnesses": self._ask_the_witnesses,
            "puller": self._pull,
            **{f"courier-{number}": self._courier.deliver_next for number in range(COURIERS)},
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
        """Takes up nothing more, and lets what is under way end."""
        self._stopping.set()
        deadline = time.monotonic() + self._grace
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _keep_the_trail(self) -> bool:
        """Gives new audit entries their leaves, and signs the tree every few seconds while it grows.

        Once a witness has seen more than there is, nothing is signed until someone has looked and started anew.
        """
        if self._rolled_back:
            return False
        audit.sequence(self.engine)
        if time.monotonic() - self._signed_at >= CHECKPOINT_EVERY:
            now = datetime.now(UTC)
            audit.checkpoint(self.engine, self.keys, now)
            with transaction(self.engine) as session:
                forget_expired(session, at=now, limits=self._sessions)
                empty_what_is_over(session, self.keys, self._message_days, at=now)
            self._signed_at = time.monotonic()
        return False

    def _ask_the_witnesses(self) -> bool:
        """Has each new checkpoint cosigned, beside the trail, which waits for no witness."""
        if time.monotonic() - self._asked_at >= CHECKPOINT_EVERY:
            self._asked_at = time.monotonic()
            try:
                self._notary.round()
            except cosigning.RolledBack as error:
                self._rolled_back = True
                log.error("log.rolled-back", witnesses=[answer.witness.name for answer in error.answers])
        return False

    def _pull(self) -> bool:
        """Pulls from each HMIS that is due."""
        if time.monotonic() - self._looked_at >= LOOK_FOR_PULLS_EVERY:
            self._looked_at = time.monotonic()
            while not self._stopping.is_set() and self._puller.pull_next():
                pass
        return False

    def _loop(self, name: str, work: Callable[[], bool]) -> None:
        """Goes on as long as there is work; a loop that dies would be a hub that silently stops."""
        while not self._stopping.is_set():
            pause = PAUSE
            try:
                pause = 0.0 if work() else PAUSE
            except (OperationalError, InterfaceError):
                log.warning("worker.database-away", loop=name)
                pause = PAUSE_AFTER_TROUBLE
            except Exception as error:  # noqa: BLE001
                log.error("worker.round-failed", loop=name, error=type(error).__name__)
                pause = PAUSE_AFTER_TROUBLE
            self._stopping.wait(pause)
