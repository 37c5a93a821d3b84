"""Reads a TOML document into a shape, and says of one that does not fit which keys are wrong and what each should be.

Never what stood there.
"""

import re
import tomllib
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.frozen import Frozen

Shape = TypeVar("Shape", bound=Frozen)

WHOLE = "the document"
"""Where what is wrong is at no key of its own."""

_EXPECTED = {
    "missing": "it to be there",
    "extra_forbidden": "no key of this name",
    "too_short": "at least one",
    "string_too_short": "words",
    "string_type": "text",
    "string_pattern_mismatch": "text of the form {pattern}",
    "bool_parsing": "yes or no",
    "date_from_datetime_parsing": "a day, as 2026-03-01",
}


class Fault(NamedTuple):
    """One thing that is wrong: where (the keys that lead there, lists counted from 1), and what was expected."""

    where: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}"


class UnreadableDocument(ValueError):
    """A text does not have the shape. Says in which file and where, and what was expected."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{name}: {fault}" for fault in self.faults))


def read_document(shape: type[Shape], text: str, name: str) -> Shape:
    """The document in its shape; `name` is that of the file, for errors. Raises `UnreadableDocument`."""
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as failure:
        place = re.search(r"line \d+", str(failure))
        raise UnreadableDocument(name, [Fault(place[0] if place else "the end", "TOML")]) from None
    except ValidationError as failure:
        raise UnreadableDocument(name, faults_of(failure)) from None


def faults_of(failure: ValidationError) -> list[Fault]:
    """Each thing that is wrong, once."""
    errors = failure.errors(include_url=False, include_input=False)
    return [_fault(one) for one in errors if not _is_consequence(one, errors)]


def _is_consequence(error: ErrorDetails, errors: Iterable[ErrorDetails]) -> bool:
    """A list is too short only because what stands in it is wrong."""
    place = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(place)] == place != other["loc"] for other in errors)


def _fault(error: ErrorDetails) -> Fault:
    told = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    expected = _EXPECTED.get(error["type"], told).format(**error.get("ctx", {}))
    return Fault(_place(error["loc"]) or WHOLE, expected)


def _place(keys: tuple[int | str, ...]) -> str:
    """`edition 1, narrow 2, when, categories 1`"""
    counted = [f" {key + 1}" if isinstance(key, int) else f", {key}" for key in keys]
    return "".join(counted).removeprefix(", ")
