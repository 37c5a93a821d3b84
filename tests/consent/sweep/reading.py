"""The document of the sweep, read again as a lawyer would: what each cell says."""

import re
from collections.abc import Iterator
from functools import cache

from schemas.vocab import Capacity, Purpose
from tests.consent.sweep.cells import Place
from tests.consent.sweep.evidence import Bundle, Evidence
from tests.consent.sweep.held import KINDS
from tests.consent.sweep.table import ALL, APART, BUT, CLINICAL, CLINICIANS, LINE, ORGANIZATIONS

Row = list[str]


def read(text: str) -> dict[Place, frozenset[str]]:
    """The least evidence in every cell, as it is written, `°` and all."""
    found = {(held.id, who, purpose): frozenset[str]() for held in KINDS for who in Capacity for purpose in Purpose}
    for held, section in zip(KINDS, re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:], strict=True):
        for row in _rows(section):
            cells = {who: _cell(row, who) for who in Capacity}
            for purpose in row[0].split(", "):
                found |= {(held.id, who, Purpose(purpose)): openings for who, openings in cells.items()}
    return found


@cache
def bundle(opening: str) -> Bundle:
    """The evidence of an opening as it is written."""
    return frozenset(Evidence(word) for word in opening.rstrip("°").split("+") if word != "*")


def _rows(section: str) -> Iterator[Row]:
    """The lines of the first table, if the section has one."""
    body = section.partition("| purpose |")[2].partition("\n\n")[0].splitlines()[2:]
    return ([part.strip() for part in line[1:-1].split("|")] for line in body)


def _cell(row: Row, who: Capacity) -> frozenset[str]:
    if who in APART:
        return _openings(row[4 + APART.index(who)])
    own = next((opens for names, opens in _to_some(row[2]) if who in names), frozenset[str]())
    return own if who is LINE or who in _group(row[3]) else _least(own | _openings(row[1]))


def _to_some(text: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for group in filter(None, text.split("; ")):
        names, _, openings = group.partition(": ")
        yield _group(names), _openings(openings)


def _group(text: str) -> frozenset[str]:
    """Those whom a cell names, or whom it leaves when it names the exceptions."""
    name, _, exceptions = text.partition(BUT)
    whole = {ALL: ORGANIZATIONS, CLINICAL: CLINICIANS}.get(name)
    if whole is None:
        return frozenset(text.split(", "))
    return frozenset(whole) - (_group(exceptions) if exceptions else frozenset())


def _openings(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"`([^`]+)`", text))


def _least(openings: frozenset[str]) -> frozenset[str]:
    """Without those of which another is a part."""
    return frozenset(one for one in openings if not any(bundle(other) < bundle(one) for other in openings))
