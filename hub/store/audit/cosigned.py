"""Checks the kept cosignatures: none taken out, and each given by its witness for its checkpoint."""

from sqlalchemy import Connection, select

from hub.store.audit.flaws import Flaw, Flawed
from hub.store.audit.snapshot import ROWS_AT_ONCE
from hub.store.audit.tables import checkpoints, cosignatures
from hub.store.checkpoints import Forged
from hub.store.cosignatures import WitnessKey


def check_cosignatures(connection: Connection) -> None:
    """Raises `Flawed`. The last ones can be taken out unseen; the report then says that fewer have cosigned."""
    before: dict[str, int] = {}
    for number, row in enumerate(connection.execute(_KEPT, execution_options={"yield_per": ROWS_AT_ONCE}), start=1):
        if row.number != number:
            raise Flawed(Flaw.COSIGNATURE_MISSING, cosignature=number)
        if (
            row.note is None
            or row.checkpoint <= before.get(row.witness, 0)
            or not _holds(row.witness, row.note, row.line)
        ):
            raise Flawed(Flaw.COSIGNATURE_FORGED, cosignature=number, checkpoint=row.checkpoint)
        before[row.witness] = row.checkpoint


def _holds(witness: str, note: str, line: str) -> bool:
    try:
        return line.count("\n") == 1 and WitnessKey.parse(witness).time_of(note + line) is not None
    except Forged:
        return False


_KEPT = (
    select(cosignatures, checkpoints.c.note)
    .outerjoin(checkpoints, checkpoints.c.number == cosignatures.c.checkpoint)
    .order_by(cosignatures.c.number)
)
