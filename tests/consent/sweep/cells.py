"""The cells of the sweep: what one capacity gets of one kind of record for one purpose, by calling the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from consent.engine import decide
from schemas.disclosure import PieceDecision
from schemas.vocab import Capacity, Outcome, Purpose
from tests.consent.sweep.asking import question, spaces
from tests.consent.sweep.evidence import Bundle, ranked, written
from tests.consent.sweep.held import KINDS, Held
from tests.consent.sweep.on_file import on_file
from tests.consent.sweep.search import smallest_bundles

Answer = Callable[[Bundle], PieceDecision]
Place = tuple[str, Capacity, Purpose]
"""A cell by the id of its kind of record, by capacity and by purpose."""


@dataclass(frozen=True)
class Opening:
    """One smallest bundle that opens a cell: whether only a part goes, and the rules relied on."""

    bundle: Bundle
    is_part: bool
    rules: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        return written(self.bundle) + ("°" if self.is_part else "")


@dataclass(frozen=True)
class Cell:
    """What opens one kind of record to one capacity for one purpose, and how many decisions it took to know."""

    held: Held
    capacity: Capacity
    purpose: Purpose
    openings: tuple[Opening, ...]
    decisions: int = field(compare=False)


def answers(held: Held, capacity: Capacity, purpose: Purpose) -> Answer:
    """The engine's answer to each bundle."""

    def answer(bundle: Bundle) -> PieceDecision:
        (decided,) = decide(question(held, capacity, purpose, bundle), on_file(held, purpose, bundle)).records
        return decided

    return answer


def cell(held: Held, capacity: Capacity, purpose: Purpose, likely: tuple[Bundle, ...] = ()) -> Cell:
    """The cell, worked out by asking the engine as often as it takes; what is likely only makes it take less."""
    answer, known = answers(held, capacity, purpose), dict[Bundle, PieceDecision]()

    def opens(bundle: Bundle) -> bool:
        if bundle not in known:
            known[bundle] = answer(bundle)
        return bool(known[bundle].fields_released)

    bundles = ranked(smallest_bundles(opens, spaces(capacity), likely))
    openings = tuple(Opening(bundle, known[bundle].outcome is Outcome.LIMIT, known[bundle].rules) for bundle in bundles)
    return Cell(held, capacity, purpose, openings, len(known))


def sweep() -> dict[Place, Cell]:
    """Every cell there is. What opened the cell before is likely to open the next."""
    cells = dict[Place, Cell]()
    for held, purpose in product(KINDS, Purpose):
        likely: tuple[Bundle, ...] = ()
        for who in Capacity:
            found = cells[held.id, who, purpose] = cell(held, who, purpose, likely)
            likely = tuple(dict.fromkeys([*(opening.bundle for opening in found.openings), *likely]))
    return cells
