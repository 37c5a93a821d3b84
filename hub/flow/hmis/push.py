"""What comes in over the HMIS API: a file set for the feed that reads everyone's, sealed before the receipt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from adapters.base import Unreadable
from adapters.hmis.api.fileset import Envelope, from_json, packed
from adapters.hmis.api.values import Line
from adapters.hmis.definition import Definition, definition
from adapters.hmis.refusal import FEED
from hub.errors import Invalid
from hub.flow import intake
from hub.store.crypto import Keys
from hub.store.directory import Directory
from schemas.messages import RawMessage, Receipt

ZIP = "application/zip"


class Push:
    """Takes file sets of one organization; `actor` is who brings them."""

    def __init__(
        self, session: Session, keys: Keys, source: str, *, actor: str, at: datetime, most_waiting: int
    ) -> None:
        self._session = session
        self._keys = keys
        self._source = source
        self._actor = actor
        self._at = at
        self._most_waiting = most_waiting

    def json(self, content: bytes, key: str | None) -> Receipt:
        """JSON keyed by file name; raises `Invalid` for what is none."""
        try:
            return self.zip(from_json(content, self._envelope()), key, name="HMIS API, JSON")
        except Unreadable as unreadable:
            problem = unreadable.problem
            raise Invalid(f"{problem.file} should be {problem.expected}.", next_steps="Correct it.") from None

    def rows(self, files: Mapping[str, Sequence[Line]], *, name: str, media_type: str) -> Receipt:
        """Rows that the hub itself was told of, by file."""
        return self.zip(packed(files, self._envelope()), None, name=name, media_type=media_type)

    def zip(self, content: bytes, key: str | None, *, name: str = "HMIS API, zip", media_type: str = ZIP) -> Receipt:
        """A zip of HMIS CSV; what is in it is looked at when it is read."""
        message = RawMessage(
            id=uuid4(),
            feed=FEED,
            source=self._source,
            received_at=self._at,
            name=name,
            media_type=media_type,
            content=content,
        )
        return intake.receive(
            self._session,
            self._keys,
            message,
            actor=self._actor,
            idempotency_key=key,
            most_waiting=self._most_waiting,
        )

    def agreed(self) -> Definition:
        """What was agreed with the sender; where that cannot be read, the feed says so when it reads."""
        try:
            return definition(Directory(self._session).definition(self._source, FEED))
        except Unreadable:
            return Definition()

    def _envelope(self) -> Envelope:
        agreed = self.agreed()
        return Envelope(source=agreed.source_id or "", implementation_id=agreed.implementation_id or "")
