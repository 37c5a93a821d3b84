"""An accounting of disclosures: what is asked for, and what is handed over."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field as Bound

from schemas.contacts import PersonAsked, Reach
from schemas.frozen import Frozen, Moment, Slug
from schemas.vocab.ledgers import Ledger


class WrittenRequest(Frozen):
    """The person's own request in writing; whoever received it has made sure that it is theirs."""

    received_on: date
    identity_verified: bool


class AccountingAsked(Frozen):
    """Which ledger, about whom, how far back, and of whose records; all holders' when none is named.

    With the person's written request it is their own copy. Without, it is an officer's.
    """

    law: Ledger
    person: PersonAsked
    since: date | None = None
    holder: Slug | None = None
    summarised: bool = False
    request: WrittenRequest | None = None


class Disclosed(Frozen):
    """One disclosure, or several to one recipient for one purpose (45 CFR 164.528(b)(2) and (3); 42 CFR 2.24).

    `entry` is its number in the audit log. `recipient` and `purpose` are None where the officer who reads may not know
    who asked. `suspended_until` is for officers: the person's own copy leaves such a disclosure out (164.528(a)(2)).
    """

    entry: Annotated[int, Bound(ge=0)]
    at: Moment
    person: str
    discloser: str
    recipient: str | None
    reach: tuple[Reach, ...]
    purpose: str | None
    description: tuple[str, ...]
    basis: tuple[str, ...]
    papers: tuple[str, ...]
    times: int = 1
    last: Moment | None = None
    suspended_until: date | None = None


class StandsUnder(Frozen):
    """The signed checkpoint of the audit log that covers everything told here; `root` is base64, as it was signed."""

    number: int
    size: int
    at: Moment
    root: str


class Accounting(Frozen):
    """What was disclosed about one person, oldest first.

    `identified` is told in the person's own copy alone: False where no one person was surely meant, so that this is
    no accounting. An officer's copy looks the same for somebody nobody knows.
    """

    id: UUID
    law: Ledger
    copy_for: str
    since: date
    until: Moment
    answer_due: date | None
    identified: bool | None
    disclosures: tuple[Disclosed, ...]
    notes: tuple[str, ...]
    stands_under: StandsUnder
