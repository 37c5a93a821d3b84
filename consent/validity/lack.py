"""What is missing on a paper."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from consent.validity.circumstances import Circumstances
from schemas.disclosure import Citation
from schemas.instruments import Consent

Paper = TypeVar("Paper")
Known = TypeVar("Known")


class Lack(NamedTuple):
    """One thing that is missing, the paragraph that asks for it, and what would cure it. Never quotes the paper."""

    what: str
    paragraph: Citation
    cure: str


Validator = Callable[[Consent, Circumstances], tuple[Lack, ...]]
"""Says what a paper lacks; nothing when it is valid."""

Check = tuple[Callable[[Paper, Known], bool], Lack]
"""Whether a paper has what is needed, as far as what is known beside it tells, and what it lacks if not."""

Element = Check[Consent, Circumstances]
"""A check of a consent, authorization, release or permission."""


def missing(elements: tuple[Check[Paper, Known], ...], paper: Paper, known: Known) -> tuple[Lack, ...]:
    """Everything the paper lacks, in the order of the law."""
    for has, _ in elements:
        if not has(paper, known):
            return tuple([lack for has, lack in elements if not has(paper, known)])
    return ()


def told(lacking: Iterable[Lack]) -> str:
    """What is missing, each thing with its paragraph, for the reason of a finding."""
    return " ".join([f"{what} ({paragraph})" for what, paragraph, _ in lacking])


def cured(lacking: Iterable[Lack]) -> str:
    """What would cure it, each cure once, for the help of a finding."""
    return " ".join(dict.fromkeys([cure for _, _, cure in lacking]))
