"""The MLLP listener: an HL7 v2 message is acknowledged when it is sealed and durable, and not before."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Self
from uuid import uuid4

import structlog
from sqlalchemy import Engine

from adapters.hl7v2.mllp import Answer, MllpServer, Peer, Verdict
from hub.errors import Conflict, HubError, Unavailable
from hub.flow import intake
from hub.settings import Settings
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.walls import speak_for
from schemas.messages import RawMessage, Receipt

log = structlog.get_logger()

ACTOR = "hub:listener"


class Listener:
    """Listens on `HUB_MLLP_PORT` in a thread of its own, for one source."""

    def __init__(self, engine: Engine, keys: Keys, settings: Settings) -> None:
        self.engine = engine
        self.keys = keys
        self.settings = settings
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="mllp-listener", daemon=True)

    def start(self) -> Self:
        """Returns once it listens; raises `Unavailable` when the port cannot be had."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise Unavailable(
                f"MLLP port {self.settings.mllp_port} cannot be had: {self._failure.strerror}.",
                next_steps="Stop what uses it, or set HUB_MLLP_PORT.",
            )
        return self

    def is_running(self) -> bool:
        return self._thread.is_alive() and self._failure is None

    def stop(self) -> None:
        """Answers what is in flight, then hangs up."""
        if self._thread.is_alive() and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(timeout=10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        self._stopping = asyncio.Event()
        server = MllpServer(self._take)
        try:
            await server.start(self.settings.host, self.settings.mllp_port)
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self.port = server.port
        self._started.set()
        await self._stopping.wait()
        await server.close()

    async def _take(self, content: bytes, peer: Peer) -> Verdict:
        try:
            receipt = await asyncio.to_thread(self._keep, content)
        except Conflict:
            return Verdict(Answer.REJECTED)
        except HubError as error:
            log.warning("mllp.not-kept", error=type(error).__name__, host=peer.host)
            return Verdict(Answer.FAILED)
        return Verdict(Answer.DUPLICATE if receipt.duplicate else Answer.ACCEPTED)

    def _keep(self, content: bytes) -> Receipt:
        """The content is its own idempotency key, because senders use a control id again and again."""
        if self.settings.mllp_source is None:
            raise Unavailable("No participant is set for MLLP.", next_steps="Set HUB_MLLP_SOURCE.")
        message = RawMessage(
            id=uuid4(),
            feed="hl7v2",
            source=self.settings.mllp_source,
            received_at=datetime.now(UTC),
            name="MLLP",
            media_type="application/hl7-v2",
            content=content,
        )
        with transaction(self.engine) as session:
            speak_for(session, message.source)
            return intake.receive(session, self.keys, message, actor=ACTOR, most_waiting=self.settings.max_waiting)
