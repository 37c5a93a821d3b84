"""The next parcel is found without looking at every one that waits."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from hub.store import db
from hub.store.parcels import AT_ONE_PARTNER, Parcels

HANGS, WELL = "hangs", "well"
WAITING = """
    INSERT INTO participant (slug, name, capacities, jurisdictions)
        VALUES ('hangs', '', '[]', '[]'), ('well', '', '[]', '[]');
    INSERT INTO person (id, wrapped_key, created_at)
        SELECT gen_random_uuid(), '', now() FROM generate_series(0, {many});
    INSERT INTO handoff (id, person_id, sender, receiver, holder, state, mode, purpose, need, urgency, area,
                         sealed_agreement, offered_at)
        SELECT gen_random_uuid(), id, 'hangs', 'well', 'hangs', 'offered', 'in-person', 'COC', '', 'now', '', '', now()
        FROM person;
    INSERT INTO parcel (id, recipient, event, handoff_id, person_id, purpose, queued_at, not_before, attempts, state)
        SELECT gen_random_uuid(), 'hangs', '', id, person_id, 'COC', now(), now() - interval '1 hour', 0, 'queued'
        FROM handoff;
    UPDATE parcel SET recipient = 'well', not_before = now() WHERE number = (SELECT max(number) FROM parcel);
    ANALYZE
"""


@pytest.fixture
def waiting(engine: Engine) -> Callable[[int], list[str | None]]:
    """So many wait for a partner that hangs, and behind them one for another; gives who is told, one after the other,
    and notes how long it took to find that out."""

    def lease(many: int) -> list[str | None]:
        with engine.begin() as connection:
            connection.execute(text(WAITING.format(many=many)))
        found = []
        for _ in range(AT_ONE_PARTNER + 2):
            with db.transaction(engine) as session:
                parcels = Parcels(session)
                parcel = parcels.lease(parcels.now())
                found.append(None if parcel is None else parcel.recipient)
        return found

    return lease


def test_a_partner_that_hangs_hides_no_other(waiting: Callable[[int], list[str | None]]) -> None:
    assert waiting(50) == [*[HANGS] * AT_ONE_PARTNER, WELL, None]


def test_ten_thousand_that_wait_slow_nobody_down(waiting: Callable[[int], list[str | None]]) -> None:
    """Looking at each beside each took 15 s a parcel on an idle machine."""
    began = time.monotonic()
    found = waiting(10_000)

    assert found == [*[HANGS] * AT_ONE_PARTNER, WELL, None]
    assert time.monotonic() - began < 45
