"""Asks the witnesses: for their cosignatures, and before anything else whether they have seen more than this database.

A witness that hangs costs its own deadline and nobody else's. What a witness says of a larger or another tree stops the
hub; that it cannot be reached is said, and stops nothing.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import httpx
import structlog
from sqlalchemy import Engine
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from hub.errors import Conflict
from hub.store import audit, merkle
from hub.store.audit import JSON, Act, AuditLog, Checkpoint, Tampered, sequencer, tree, witnesses
from hub.store.audit.witnesses import Registered
from hub.store.checkpoints import Forged, origin_of
from hub.store.cosignatures import Submission
from hub.store.crypto import Keys
from hub.store.db import transaction
from schemas.vocab.word import Word

log = structlog.get_logger()

DEADLINE = 8.0
"""Seconds that one witness may take in all."""
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
LONGEST_PAUSE = 300.0
LARGEST_ANSWER = 64 * 1024
MOST_TURNS = 4
"""A witness may have gone ahead under a checkpoint of another process, and again while we look."""


class RolledBack(Tampered):
    """A witness has cosigned what this database does not have."""

    def __init__(self, answers: Sequence["Answer"]) -> None:
        self.answers = [answer for answer in answers if answer.said is Said.MORE]
        super().__init__(" ".join(str(answer) for answer in self.answers))
        self.next_steps = (
            "Was an old backup restored, or is this an old copy? Look for the newer database first. If it is lost: "
            "hub audit accept-restore --help. Where the witness is wrong: hub witness remove."
        )


class Said(Word):
    """What became of asking a witness."""

    COSIGNED = "cosigned", "It cosigned the newest checkpoint."
    MORE = "more", "It has cosigned a larger tree than this database has, or another."
    UNKNOWN = "unknown", "It does not know this log, or not its key."
    SILENT = "silent", "It could not be reached, or answered something else."


class Answer(NamedTuple):
    """What one witness said; `size` is of the tree that it has cosigned, where that is more or another."""

    witness: Registered
    said: Said
    checkpoint: Checkpoint
    line: str = ""
    size: int = 0

    def __str__(self) -> str:
        if self.said is not Said.MORE:
            return f"Witness {self.witness.name}: {self.said.meaning}"
        if self.size > self.checkpoint.size:
            return (
                f"The witness {self.witness.name} has cosigned {self.size:,} entries of this log; this database has "
                f"{self.checkpoint.size:,} under its newest checkpoint, so at least "
                f"{self.size - self.checkpoint.size:,} are missing."
            )
        return (
            f"The witness {self.witness.name} has cosigned {self.size:,} entries of this log that are not the first "
            f"{self.size:,} of this database."
        )


def ask(engine: Engine, put_off: Callable[[Registered, Checkpoint], bool] = lambda *_: False) -> list[Answer]:
    """Shows the registered witnesses the newest checkpoint, all at once; writes nothing. Warns of those not reached."""
    with engine.connect() as connection:
        asked, newest = witnesses.registered(connection), sequencer.newest(connection)
    asked = [witness for witness in asked if newest is not None and not put_off(witness, newest)]
    if newest is None or not asked:
        return []
    answers = asyncio.run(_ask_all(engine, asked, newest))
    for answer in answers:
        if answer.said in {Said.SILENT, Said.UNKNOWN}:
            log.warning(f"witness.{answer.said}", witness=answer.witness.name)
    return answers


def insist_on_newest(engine: Engine) -> None:
    """Raises `RolledBack` where a witness has cosigned more than this database has, or another tree."""
    _refuse(ask(engine))


def cosign(engine: Engine) -> list[Answer]:
    """Asks for cosignatures of the newest checkpoint, keeps them, and raises `RolledBack` as above."""
    answers = ask(engine)
    _keep(engine, answers)
    _refuse(answers)
    return answers


class Notary:
    """Has each new checkpoint cosigned, round by round; asks a witness that is not there less and less often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._done: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def round(self) -> None:
        """Asks whoever has not cosigned the newest checkpoint; raises `RolledBack`."""
        answers = ask(self._engine, self._put_off)
        _keep(self._engine, answers)
        for answer in answers:
            self._note(str(answer.witness.key), answer)
        _refuse(answers)

    def _put_off(self, witness: Registered, newest: Checkpoint) -> bool:
        key = str(witness.key)
        return self._done.get(key) == newest.number or time.monotonic() < self._not_before.get(key, 0.0)

    def _note(self, key: str, answer: Answer) -> None:
        if answer.said is Said.COSIGNED:
            self._done[key] = answer.checkpoint.number
            self._failures.pop(key, None)
            return
        self._failures[key] = self._failures.get(key, 0) + 1
        self._not_before[key] = time.monotonic() + min(5.0 * 2 ** min(self._failures[key], 10), LONGEST_PAUSE)


def accept_restore(engine: Engine, keys: Keys, *, at: datetime, actor: str, incident: str) -> list[Answer]:
    """Goes on with less than a witness has seen: says so in the log, and begins its next generation with that entry.

    Raises `Conflict` where no witness has seen more.
    """
    more = [answer for answer in ask(engine) if answer.said is Said.MORE]
    if not more:
        raise Conflict("No witness that can be reached has seen more than this database has; nothing is to accept.")
    lost: list[JSON] = [{"witness": answer.witness.name, "size": answer.size} for answer in more]
    details: dict[str, JSON] = {"incident": incident, "size": more[0].checkpoint.size, "cosigned_elsewhere": lost}
    with transaction(engine) as session:
        AuditLog(session, keys).append(Act.RESTORE_ACCEPTED, at=at, actor=actor, details=details)
    audit.sequence(engine)
    audit.checkpoint(engine, keys, at, new_generation=True)
    return more


def _keep(engine: Engine, answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.said is Said.COSIGNED:
            with engine.begin() as connection:
                witnesses.keep(connection, answer.checkpoint.number, answer.witness, answer.line)


def _refuse(answers: Sequence[Answer]) -> None:
    if any(answer.said is Said.MORE for answer in answers):
        raise RolledBack(answers)


async def _ask_all(engine: Engine, asked: Sequence[Registered], newest: Checkpoint) -> list[Answer]:
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        return list(await asyncio.gather(*(_ask(engine, client, one, newest) for one in asked)))


async def _ask(engine: Engine, client: httpx.AsyncClient, witness: Registered, newest: Checkpoint) -> Answer:
    try:
        async with asyncio.timeout(DEADLINE):
            return await _Asking(engine, client, witness, newest).answer()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, Forged):
        return Answer(witness, Said.SILENT, newest)


class _Asking:
    """One witness asked about one log, until both mean the same two sizes."""

    def __init__(self, engine: Engine, client: httpx.AsyncClient, witness: Registered, newest: Checkpoint) -> None:
        self._engine = engine
        self._client = client
        self._witness = witness
        self._newest = newest

    async def answer(self) -> Answer:
        with self._engine.connect() as connection:
            old = witnesses.last_size(connection, self._witness, origin_of(self._newest.note))
        for _ in range(MOST_TURNS):
            status, said = await self._post(self._submission(old))
            if status != httpx.codes.CONFLICT:
                return self._told(status, said, old)
            size = int(said)
            self._look_again(size)
            if size > self._newest.size or size == old:
                return self._answer(Said.MORE, size=size)
            old = size
        return self._answer(Said.SILENT)

    def _told(self, status: int, said: str, old: int) -> Answer:
        if status == httpx.codes.OK:
            return self._answer(Said.COSIGNED, line=self._witness.key.line_of(self._newest.note, said))
        if status == httpx.codes.UNPROCESSABLE_ENTITY:
            return self._answer(Said.MORE, size=old)
        unknown = status in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}
        return self._answer(Said.UNKNOWN if unknown else Said.SILENT)

    def _look_again(self, size: int) -> None:
        """What seems more may be a checkpoint that another process of this hub has signed meanwhile."""
        if size > self._newest.size:
            with self._engine.connect() as connection:
                self._newest = sequencer.newest(connection) or self._newest

    def _submission(self, old: int) -> Submission:
        with self._engine.connect() as connection:
            proof = merkle.consistency(old, self._newest.size, tree.StoredHashes(connection))
        return Submission(old, proof, self._newest.note)

    @retry(
        retry=retry_if_exception_type(httpx.TransportError),
        wait=wait_exponential_jitter(multiplier=0.1, max=1),
        stop=stop_after_attempt(2),
        reraise=True,
    )
    async def _post(self, submission: Submission) -> tuple[int, str]:
        url = f"{self._witness.url}/add-checkpoint"
        async with self._client.stream("POST", url, content=submission.written().encode()) as response:
            said = b""
            async for chunk in response.aiter_bytes():
                said += chunk
                if len(said) > LARGEST_ANSWER:
                    raise ValueError("a witness says less than this")
            return response.status_code, said.decode()

    def _answer(self, said: Said, *, line: str = "", size: int = 0) -> Answer:
        return Answer(self._witness, said, self._newest, line, size)
