"""Pulls from each HMIS that is registered for it when its time has come, and notes how that went."""

from pathlib import Path

import structlog
from sqlalchemy import Engine

from adapters.hmis.api.client import ExportClient, NotServed
from adapters.hmis.api.credentials import BadCredentials, sign_in
from hub.errors import HubError, Invalid
from hub.flow.pulling import Pull
from hub.settings import Settings
from hub.store import db
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.pulls import PullRow, Pulls

log = structlog.get_logger()

ACTOR = "hub:worker"


def client_of(url: str, credentials: Path, settings: Settings) -> ExportClient:
    """A client that signs in as the file says; raises `Invalid` for an address or a file that will not do."""
    try:
        return ExportClient(url, sign_in(credentials), most_bytes=settings.max_body_bytes)
    except BadCredentials as error:
        raise Invalid(str(error)) from None
    except NotServed as error:
        raise Invalid(f"The HMIS {error}.") from None


class Puller:
    """One worker's part in this; any number may run beside each other."""

    def __init__(self, engine: Engine, keys: Keys, settings: Settings) -> None:
        self._engine = engine
        self._keys = keys
        self._settings = settings

    def pull_next(self) -> bool:
        """Pulls from one HMIS that is due; says no where none is."""
        with transaction(self._engine) as session:
            row = Pulls(session).take_due(db.now(session))
        if row is None:
            return False
        trouble = self._pull(row)
        with transaction(self._engine) as session:
            Pulls(session).note(row.source, trouble, db.now(session))
        return True

    def _pull(self, row: PullRow) -> str | None:
        """What went wrong, in words without anybody's data; None where all is here."""
        settings = self._settings
        try:
            client = client_of(row.url, Path(row.credentials), settings)
            pull = Pull(
                lambda: transaction(self._engine),
                self._keys,
                row.source,
                client,
                actor=ACTOR,
                most_waiting=settings.max_waiting,
            )
            pulled = pull.run(settings.now())
        except HubError as error:
            log.warning("pull.broke-off", source=row.source, error=type(error).__name__)
            return error.detail
        log.info("pull.done", source=row.source, pages=pulled.pages, new=pulled.kept)
        return None
