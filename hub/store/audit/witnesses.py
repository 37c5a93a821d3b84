"""The witnesses of this log, as registered, and the cosignatures they gave."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from hub.errors import Conflict, Invalid, NotFound
from hub.store.audit import tree
from hub.store.audit.tables import checkpoints, cosignatures, witnesses
from hub.store.checkpoints import Forged, origin_of
from hub.store.cosignatures import WitnessKey
from schemas.frozen import Frozen


class Registered(NamedTuple):
    """A witness that this hub asks."""

    name: str
    url: str
    key: WitnessKey


class Witnesses:
    """Who is asked to cosign. A removed witness stays known, because its cosignatures stay."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()

    def add(self, name: str, url: str, key: str) -> None:
        """Registers a witness; raises `Invalid`, or `Conflict` where one of that name or key is registered."""
        if not url.startswith(("https://", "http://")):
            raise Invalid("The witness's URL should begin with https://.")
        try:
            parsed = WitnessKey.parse(key)
        except Forged as error:
            raise Invalid(str(error), next_steps="Its operator sees it with: hub witness key") from None
        if any(one.name == name or one.key.name == parsed.name for one in registered(self._connection)):
            raise Conflict("A witness of that name, or with a key of that name, is registered already.")
        row = {"key": key, "name": name, "url": url.rstrip("/"), "removed_at": None}
        self._connection.execute(insert(witnesses).values(row).on_conflict_do_update(index_elements=["key"], set_=row))

    def remove(self, name: str, *, at: datetime) -> str:
        """Asks this witness no longer, and gives its key; raises `NotFound`."""
        key = next((str(one.key) for one in registered(self._connection) if one.name == name), None)
        if key is None:
            raise NotFound("No witness of that name is registered.", next_steps="See: hub witness list")
        self._connection.execute(witnesses.update().where(witnesses.c.key == key).values(removed_at=at))
        return key


class Witnessed(Frozen):
    """How far the log is vouched for outside the hub.

    registered  witnesses that are asked
    cosigned    those of them that have cosigned the newest checkpoint
    needed      how many must, by the hub's policy
    covered     leaves that at least so many of them (one, without a policy) have cosigned, now or earlier
    """

    registered: tuple[str, ...] = ()
    cosigned: tuple[str, ...] = ()
    needed: int = 0
    covered: int = 0

    @property
    def is_enough(self) -> bool:
        return len(self.cosigned) >= self.needed

    def __str__(self) -> str:
        if not self.registered and not self.needed:
            return "Without a witness outside, whoever runs this hub and holds its keys could rewrite all of it."
        said = f"Cosigned by {len(self.cosigned)} of {len(self.registered)} witnesses"
        if self.needed:
            said += f", {self.needed} needed"
        said += f"; the first {self.covered:,} entries are vouched for outside this hub."
        return (
            said if self.covered else f"{said} Until then whoever runs it and holds its keys could rewrite all of it."
        )


def registered(connection: Connection) -> list[Registered]:
    """The witnesses that are asked, by name."""
    query = select(witnesses).where(witnesses.c.removed_at.is_(None)).order_by(witnesses.c.name)
    return [Registered(row.name, row.url, WitnessKey.parse(row.key)) for row in connection.execute(query)]


def last_size(connection: Connection, witness: Registered, origin: str) -> int:
    """The largest tree under that name that this witness has cosigned, as far as this database knows."""
    row = connection.execute(
        select(checkpoints.c.size, checkpoints.c.note)
        .join(cosignatures, cosignatures.c.checkpoint == checkpoints.c.number)
        .where(cosignatures.c.witness == str(witness.key))
        .order_by(checkpoints.c.number.desc())
        .limit(1)
    ).first()
    return row.size if row is not None and origin_of(row.note) == origin else 0


def keep(connection: Connection, checkpoint: int, witness: Registered, line: str) -> None:
    """Keeps a cosignature, once; they are numbered without gaps, so that one taken out is missed.

    The transaction holds the log's lock from here on.
    """
    tree.lock(connection)
    last = connection.scalar(select(func.max(cosignatures.c.number))) or 0
    row = {"number": last + 1, "checkpoint": checkpoint, "witness": str(witness.key), "line": line}
    connection.execute(insert(cosignatures).values(row).on_conflict_do_nothing())


def lines(connection: Connection, checkpoint: int) -> Sequence[str]:
    """The cosignature lines of a checkpoint."""
    query = select(cosignatures.c.line).where(cosignatures.c.checkpoint == checkpoint).order_by(cosignatures.c.number)
    return connection.scalars(query).all()


def cosigners(connection: Connection, checkpoint: int) -> Sequence[str]:
    """The keys of the witnesses who have cosigned a checkpoint."""
    query = select(cosignatures.c.witness).where(cosignatures.c.checkpoint == checkpoint)
    return connection.scalars(query.order_by(cosignatures.c.number)).all()


def newest_cosigned(connection: Connection) -> int | None:
    """The number of the newest checkpoint that any witness has cosigned."""
    number: int | None = connection.scalar(select(func.max(cosignatures.c.checkpoint)))
    return number


def witnessed(connection: Connection, needed: int) -> Witnessed:
    """How far the log is vouched for; whether the cosignatures hold is a matter of `verify`."""
    asked = {str(one.key): one.name for one in registered(connection)}
    newest = connection.scalar(select(func.max(checkpoints.c.number)))
    of_the_newest = connection.scalars(select(cosignatures.c.witness).where(cosignatures.c.checkpoint == newest))
    furthest = (
        select(func.max(checkpoints.c.size).label("size"))
        .join(cosignatures, cosignatures.c.checkpoint == checkpoints.c.number)
        .where(cosignatures.c.witness.in_(asked))
        .group_by(cosignatures.c.witness)
    )
    sizes = sorted(connection.scalars(furthest), reverse=True)
    enough = max(needed, 1)
    return Witnessed(
        registered=tuple(asked.values()),
        cosigned=tuple(sorted(asked[key] for key in of_the_newest if key in asked)),
        needed=needed,
        covered=sizes[enough - 1] if len(sizes) >= enough else 0,
    )
