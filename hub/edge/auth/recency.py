"""Showing again who one is, before what is hard to take back: stating an emergency, taking proofs and accountings out.

It depends on the request and its session alone, and is asked before anything is looked up. A system's token is minutes
old by itself, so this is for people. A route that always needs it takes `FreshCallerDep` in place of `CallerDep`; one
for which it depends on what is asked takes `RecencyDep` and says when.
"""

from datetime import timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends

from hub.edge.auth.guards import CallerDep, SignedInDep
from hub.edge.transaction import NowDep, SettingsDep
from hub.errors import SignInAgain
from hub.store.accounts import Caller, CallerKind


class Recency(NamedTuple):
    """Whether who is asking has shown it lately."""

    holds: bool
    minutes: int

    def insist(self) -> None:
        """Raises `SignInAgain` when it is too long ago."""
        if not self.holds:
            raise SignInAgain(
                f"This needs a sign-in of the last {self.minutes} minutes.",
                within=self.minutes * 60,
                next_steps="Show again that it is you: /sign-in/again.",
            )


async def recency(caller: CallerDep, person: SignedInDep, settings: SettingsDep, at: NowDep) -> Recency:
    """How it stands with this request."""
    within = timedelta(minutes=settings.fresh_minutes)
    lately = person is not None and at - person.since <= within
    return Recency(caller.kind is CallerKind.CLIENT or lately, settings.fresh_minutes)


RecencyDep = Annotated[Recency, Depends(recency)]


async def recently(caller: CallerDep, lately: RecencyDep) -> Caller:
    """Who is asking, who has shown it lately; raises `SignInAgain`."""
    lately.insist()
    return caller


FreshCallerDep = Annotated[Caller, Depends(recently)]
