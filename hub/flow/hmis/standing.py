"""What a caller of the HMIS API is to the records here, and how people and programs are called to it.

A PersonalID means something within one HMIS only. Whoever takes part in one goes by its PersonalIDs; for a person whom
that HMIS does not know, or a caller that takes part in none, the hub makes one, which leads only that caller back.
"""

import re
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlmodel import Session

from adapters.hmis.person import PERSONAL_ID
from adapters.hmis.refusal import FEED
from hub.errors import NotFound
from hub.store.accounts import Caller
from hub.store.crypto import Keys
from hub.store.directory import Directory, ProgramRow
from hub.store.people import People
from hub.store.records import RecordRow
from schemas.canonical import Identifier

_MADE_HERE = re.compile(r"[0-9a-f]{32}")


class Standing:
    """How one caller stands to the HMIS records of this hub."""

    def __init__(self, session: Session, keys: Keys, caller: Caller) -> None:
        self.me = caller.participant
        self._keys = keys
        self._people = People(session, keys)
        self._directory = Directory(session)

    @cached_property
    def source(self) -> str:
        """The HMIS whose PersonalIDs the caller goes by: its administrator's, or its own."""
        return self._directory.participant(self.me).administered_by or self.me

    @cached_property
    def programs(self) -> dict[tuple[str, str], ProgramRow]:
        """Every program by source and key."""
        return {(row.source, row.key): row for row in self._directory.programs()}

    @property
    def takes_part(self) -> bool:
        """Whether there are programs of the caller's own, so that it has records to come back for."""
        return any(self.runs(program) for program in self.programs.values())

    def runs(self, program: ProgramRow) -> bool:
        return self.me in {program.source, program.participant}

    def sent(self, row: RecordRow) -> bool:
        """Whether an HMIS record is the caller's own: it sent it, or holds it."""
        return row.feed == FEED and self.me in {row.source, row.holder}

    def person(self, personal_id: str) -> UUID | None:
        """Whom the caller means; None where nobody is."""
        subject = Identifier(system=PERSONAL_ID, value=personal_id)
        known = self._people.known(self.source, [subject]).get(subject)
        made = self.made_for(personal_id) if _MADE_HERE.fullmatch(personal_id) else None
        return known or (made if made is not None and self._is_known(made) else None)

    def personal_id(self, person_id: UUID) -> str:
        """The PersonalID that the hub makes for a person, for this caller alone."""
        encryptor = self._cipher.encryptor()
        return (encryptor.update(person_id.bytes) + encryptor.finalize()).hex()

    def made_for(self, personal_id: str) -> UUID:
        """For which person the hub made a PersonalID for this caller; raises `ValueError` for what it never makes."""
        if not _MADE_HERE.fullmatch(personal_id):
            raise ValueError("no PersonalID of the hub's making")
        decryptor = self._cipher.decryptor()
        return UUID(bytes=decryptor.update(bytes.fromhex(personal_id)) + decryptor.finalize())

    def _is_known(self, person_id: UUID) -> bool:
        try:
            self._people.sealer(person_id)
        except NotFound:
            return False
        return True

    @property
    def _cipher(self) -> Cipher[modes.ECB]:
        """One block turned into another of the same length: a PersonalID has 32 characters and no room for a tag.

        What is turned is random, and what is turned back is looked for among the people here, so no tag is missed.
        """
        key = self._keys.token("hmis-person", self.me)
        return Cipher(algorithms.AES(key[:16]), modes.ECB())  # noqa: S305  (one block, and random)

    def project_id(self, source: str, key: str) -> str:
        """How a program is called to the caller: as its HMIS does, and another's with whose it is before it."""
        bare = key.removeprefix("Project/")
        return bare if source == self.source else f"{source}:{bare}"

    def project(self, project_id: str) -> ProgramRow:
        """A program of the caller's own; raises `NotFound` for any other."""
        program = self.programs.get((self.source, f"Project/{project_id}"))
        if program is None or not self.runs(program):
            raise NotFound("There is no such project of yours.")
        return program
