"""The document of the sweep, for a lawyer to read from end to end."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import fill

import consent
from consent import rulebook
from consent.rule import Effect
from schemas.vocab import Capacity, Purpose
from tests.consent.sweep.asking import role
from tests.consent.sweep.cells import Cell, Place
from tests.consent.sweep.evidence import Evidence
from tests.consent.sweep.held import KINDS, Held
from tests.consent.sweep.invariants import INVARIANTS
from tests.consent.sweep.notes import NOTES
from tests.consent.sweep.table import APART, Cells, lines, shown
from tests.consent.whole_papers import NOON

PLACE = Path(consent.__file__).parent / "docs" / "sweep.md"
Sweep = Mapping[Place, Cell]
"""Every cell, by the id of its kind of record, by capacity and by purpose."""

_PERMISSIONS = tuple(rule for rule in rulebook.rules_on(NOON.date()) if rule.effect is Effect.PERMIT)


def document(sweep: Sweep) -> str:
    """The whole document."""
    sections = (_section(number, held, _of(sweep, held)) for number, held in enumerate(KINDS, start=1))
    return "\n".join([*_opening(), *(text for section in sections for text in section), *_closing(sweep)])


def _of(sweep: Sweep, held: Held) -> dict[tuple[Capacity, Purpose], Cell]:
    return {(who, purpose): cell for (kind, who, purpose), cell in sweep.items() if kind == held.id}


# --- before the tables -----------------------------------------------------------------------------------------------


def _opening() -> Iterator[str]:
    yield from _HOW_TO_READ.splitlines()
    yield from _listed("evidence", "means", ((f"`{each}`", each.meaning) for each in Evidence))
    yield "### Purposes\n"
    yield from _listed("purpose", "means", ((f"`{each}`", each.meaning) for each in Purpose))
    yield "### Capacities, and the role in which each asks\n"
    yield from _listed("role", "capacities", _by_role())


def _by_role() -> Iterator[tuple[str, str]]:
    asking = {role(who): [each for each in Capacity if role(each) is role(who)] for who in Capacity}
    return ((f"`{each}`", ", ".join(f"`{who}`" for who in capacities)) for each, capacities in asking.items())


def _listed(left: str, right: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {left} | {right} |"
    yield "| --- | --- |"
    yield from (f"| {one} | {other} |" for one, other in rows)
    yield ""


_HOW_TO_READ = f"""\
# What opens which record, to whom, for what

Written by `python -m tests.consent.sweep`, which asks the engine itself (`consent.engine.decide`) by the law of
{NOON.date()}. Do not edit: `tests/consent/test_sweep.py` compares.

## How to read this

Each section is one kind of record. A line of its table is a purpose, or several that are alike for everyone; its
columns are those who would receive. A cell holds **the least evidence with which anything goes**: `A`, `C+control`
means that `A` alone suffices, and so do `C` and `control` together, and that nothing goes without one of the two. To
have more on the table never closes what is open, with one exception: where someone is (`locate-person`) is told to
police who ask, and a holder that sends unasked needs more.

| column | holds |
| --- | --- |
| any organization | what suffices for every organization that is not closed out |
| these also | what suffices for those named, beside what suffices for any |
| closed to | those to whom nothing ever goes, whatever is on the table; a city information line is closed everywhere |
| hub, individual, public | what suffices for the exchange itself, and for a private person |

`clinicians` are the capacities that ask in the role of a clinician. `*` goes without any paper; `-` never goes; with
`°` only a part goes, which the law lists: the report itself, say, or the place and no more.

A no is silence: the same answer as for a person nobody knows, except at a gate, to a source that sends, and to the
person themselves. What goes carries obligations (notice, accounting, copy of the consent), which `hub explain` lists.

What is taken as given: the exchange has its agreement with the holder. The one who asks is verified, is one thing at a
time, and asks in the usual role. The person is found without doubt, is 41, of sound mind and free, unless the evidence
says otherwise. `HLEGAL` is a civil proceeding against the person. Every paper is whole, signed and in effect, names the
recipient, the purpose and every category held, and meets its own law only, so that two laws ask for two papers where in
life one may serve both. Papers here name organizations, so that a private person has none. Restrictions, revocations,
loaded state overlays, lapsed agreements and an uncertain match are left out: they only take away. Psychiatric crisis
and declared disaster stand behind `emergency`, and open a program's record alike (42 CFR 2.51(a)).

### Evidence

"""


# --- one kind of record ----------------------------------------------------------------------------------------------


def _section(number: int, held: Held, cells: Cells) -> Iterator[str]:
    regimes = ", ".join(f"`{regime}`" for regime in held.regimes) or "none"
    yield f"## {number}. {held.title}\n"
    yield _wrapped(f"{held.words} Held by: {', '.join(sorted(held.piece.source.capacities))}. Regimes: {regimes}.\n")
    if not any(cell.openings for cell in cells.values()):
        yield f"{_NOWHERE}\n"
        return
    yield from _table(cells)
    yield from _notes(held, cells)
    relied_on = ", ".join(f"`{rule.id}`" for rule in _PERMISSIONS if rule.id in _used(cells.values()))
    yield _wrapped(f"Permissions relied on: {relied_on}.\n")


_NOWHERE = "Nothing ever goes, to anyone, for any purpose."


def _table(cells: Cells) -> Iterator[str]:
    laid_out = lines(cells)
    closed = [purpose for purpose in Purpose if not any(purpose in line.purposes for line in laid_out)]
    if closed:
        yield f"Closed to everyone for: {', '.join(closed)}.\n"
    yield f"| purpose | any organization | these also | closed to | {' | '.join(APART)} |"
    yield "| --- | --- | --- | --- |" + " --- |" * len(APART)
    yield from (f"| {' | '.join(line.cells())} |" for line in laid_out)
    yield ""


def _notes(held: Held, cells: Cells) -> Iterator[str]:
    about = [note for note in NOTES if note.held == held.id]
    for note in about:
        stands = shown(cells[note.who, note.purpose].openings)
        yield _wrapped(f"- *{note.who}, {note.purpose}*: {stands}. {note.why}", under="  ")
    if about:
        yield ""


def _used(cells: Iterable[Cell]) -> frozenset[str]:
    """The permissions, by id, that opened something."""
    return frozenset(rule for cell in cells for opening in cell.openings for rule in opening.rules)


def _wrapped(text: str, under: str = "") -> str:
    """A paragraph at the width of this document."""
    end = "\n" if text.endswith("\n") else ""
    return fill(text, 120, subsequent_indent=under, break_on_hyphens=False, break_long_words=False) + end


# --- after the tables ------------------------------------------------------------------------------------------------


def _closing(sweep: Sweep) -> Iterator[str]:
    opened = {place: frozenset(opening.bundle for opening in cell.openings) for place, cell in sweep.items()}
    yield "## What holds in every cell\n"
    for invariant in INVARIANTS:
        broken = list(invariant.broken(opened))
        so = f"**Not so in {len(broken)} cells.** " if broken else ""
        yield _wrapped(f"- {so}{invariant.words}", under="  ")
    yield "\n## Permissions\n"
    yield from _listed("rule", "permits", _permissions(_used(sweep.values())))
    yield "## How it was counted\n"
    yield _wrapped(_counted(sweep))
    yield ""


def _permissions(used: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every permission in force, in its own words, with its law."""
    for rule in _PERMISSIONS:
        law = ", ".join(cite.text for cite in rule.cites)
        yield f"`{rule.id}`", f"{rule.words} ({law}){'' if rule.id in used else ' *Opened no cell here.*'}"


def _counted(sweep: Sweep) -> str:
    opened = [cell for cell in sweep.values() if cell.openings]
    different = {opening.bundle for cell in opened for opening in cell.openings}
    return (
        f"{len(KINDS)} kinds of record, {len(Capacity)} capacities and {len(Purpose)} purposes make {len(sweep):,} "
        f"cells. {len(opened):,} of them can be opened, by {len(different):,} different bundles of {len(Evidence)} "
        f"pieces of evidence. The engine made {sum(cell.decisions for cell in sweep.values()):,} decisions to know."
    )
