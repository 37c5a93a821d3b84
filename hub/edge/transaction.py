"""What a route asks for by type: the transaction, the time, the keys, the settings.

What waits for nothing is `async`: it is answered at once, where the rest goes to a thread and back.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from hub.settings import Settings
from hub.store import db
from hub.store.crypto import Keys


def get_session(request: Request) -> Iterator[Session]:
    """Commits when the route returns and before anyone is answered; leaves nothing behind when it raises."""
    with db.transaction(request.app.state.engine) as session:
        yield session


async def get_keys(request: Request) -> Keys:
    """The hub's keys."""
    keys: Keys = request.app.state.keys
    return keys


async def get_settings(request: Request) -> Settings:
    """The hub's settings."""
    settings: Settings = request.app.state.settings
    return settings


async def now(request: Request) -> datetime:
    """The time of the request, on the community's clock."""
    settings: Settings = request.app.state.settings
    return settings.now()


SessionDep = Annotated[Session, Depends(get_session, scope="function")]
KeysDep = Annotated[Keys, Depends(get_keys)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
NowDep = Annotated[datetime, Depends(now)]
