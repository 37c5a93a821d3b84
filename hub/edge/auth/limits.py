"""How often: a refusal that depends on who asks and how often, never on what or about whom."""

from fastapi import Request

from hub.edge.transaction import KeysDep, NowDep, SettingsDep
from hub.errors import TooMany
from hub.settings import Settings
from hub.store.accounts import Caller, CallerKind
from hub.store.accounts.rates import Rates


class TooOften(TooMany):
    """Said with the seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("There were too many requests in this minute.", next_steps=f"Wait {seconds} seconds.")
        self.retry_after = seconds


def count(request: Request, caller: Caller, settings: Settings) -> None:
    """Counts a system's request; raises `TooOften`."""
    if caller.kind is CallerKind.CLIENT:
        _insist(request, caller.id, settings.requests_per_minute, settings)


def not_too_often(request: Request, settings: SettingsDep, keys: KeysDep, _at: NowDep) -> None:
    """Counts whoever knocks at a door where one signs in, by address; raises `TooOften`."""
    host = request.client.host if request.client else ""
    _insist(request, f"address:{keys.token('address', host).hex()}", settings.sign_ins_per_minute, settings)


def _insist(request: Request, who: str, limit: int, settings: Settings) -> None:
    rates: Rates = request.app.state.rates
    if seconds := rates.wait(who, limit, at=settings.now()):
        raise TooOften(seconds)
