"""What is missing on a paper."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from consent.validity.circumstances import Circumstances
from schemas.disclosure import Citation
from schemas.instruments import Consent


class Lack(NamedTuple):
    """One thing that is missing, the paragraph that asks for it, and what would cure it. Never quotes the paper."""

    what: str
    paragraph: Citation
    cure: str


Element = tuple[Callable[[Consent, Circumstances], bool], Lack]
"""Whether a paper has what is needed, and what it lacks if not."""


def missing(elements: Iterable[Element], paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """Everything the paper lacks, in the order of the law."""
    return tuple(lack for has, lack in elements if not has(paper, known))
