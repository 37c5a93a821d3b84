"""Many records at once: those that the law cannot tell apart, bound in a sheaf.

A large export has few sorts of rows and very many of each. What decides about a row is worked out once for the sheaf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schemas.canonical import CanonicalRecord


class Leaf(NamedTuple):
    """What sets one record of a sheaf apart. `body` is the record's body as JSON, without what is not known.

    `subject` is a value in the system of names of the sheaf's subject; times are aware. `as_sent` is JSON too, as in
    a record, and empty where the body says all.
    """

    key: str
    subject: str
    occurred_at: datetime | None
    updated_at: datetime | None
    body: bytes
    as_sent: bytes = b""


@dataclass(frozen=True)
class Sheaf:
    """Records about people that are alike in whatever a rule, a guard or a label looks at; `like` stands for each.

    The leaves differ from `like` in their key, their subject, their times, and in values of the body that nothing
    but their reader looks at. Which attributes the body has is the same in all.
    """

    like: CanonicalRecord
    leaves: Sequence[Leaf]
