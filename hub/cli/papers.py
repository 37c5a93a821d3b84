"""Papers in a file: JSON or YAML in the form of `schemas.instruments.Facts`."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.errors import Invalid
from schemas.instruments import Facts

STANDARD_INPUT = Path("-")
_EXPECTED = {
    "missing": "is required",
    "extra_forbidden": "has a field that this form does not know",
    "model_type": "should be named fields",
}

Step = tuple[int | str, int]
"""A part of a place in a file, and its line."""


class _Plain(yaml.SafeLoader):
    """YAML without guesses: `on`, `2.64` and a day are text until their field reads them."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_papers(path: Path) -> Facts:
    """The papers in a file, `-` for standard input.

    Raises `Invalid` with file, line and field of the first thing that cannot be read and what was expected there;
    never what stands there.
    """
    text = _text(path)
    try:
        page = yaml.compose(text, _Plain)
        found = yaml.load(text, _Plain)  # noqa: S506 - a safe loader, with fewer tags
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _unreadable(path, mark.line + 1 if mark else 1, "", "should be JSON or YAML") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _unreadable(path, 1, "", "should be JSON or YAML of plain text") from None
    try:
        return Facts.model_validate(found)
    except ValidationError as error:
        raise _misfit(path, page, error) from None


def _text(path: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, content.count(b"\n", 0, error.start) + 1, "", "should be UTF-8") from None
    return text.replace("\t", " ") if text.lstrip().startswith("{") else text  # JSON may be indented with tabs


def _misfit(path: Path, page: yaml.Node | None, error: ValidationError) -> Invalid:
    """Where in the file a value does not fit. A key that nobody knows may be data, so that only its place is told."""
    steps, found = _innermost(page, error)
    field = [str(part) for part, _ in steps]
    if found["type"] == "missing":
        field.append(str(found["loc"][-1]))
    if found["type"] == "extra_forbidden":
        field.pop()
    expected = _EXPECTED.get(found["type"], found["msg"].removeprefix("Input ").removeprefix("Value error, "))
    return _unreadable(path, steps[-1][1] if steps else 1, ".".join(field), expected)


def _innermost(page: yaml.Node | None, error: ValidationError) -> tuple[list[Step], ErrorDetails]:
    """The first thing that does not fit; where there are alternatives, the one that fits farthest."""
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    places = [(list(_steps(page, found["loc"])), found) for found in errors]
    outer = places[0][0]
    return max((place for place in places if place[0][: len(outer)] == outer), key=lambda place: len(place[0]))


def _steps(page: yaml.Node | None, loc: Sequence[int | str]) -> Iterator[Step]:
    """The parts of a place that stand in the file, each with its line; names of alternatives do not stand there."""
    node = page
    for part in loc:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            yield part, node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            entries: dict[Any, tuple[yaml.Node, yaml.Node]] = {key.value: (key, value) for key, value in node.value}
            if part in entries:
                key, node = entries[part]
                yield part, key.start_mark.line + 1


def _unreadable(path: Path, line: int, field: str, expected: str) -> Invalid:
    name = "standard input" if path == STANDARD_INPUT else path
    place = f"{name}, line {line}" + (f", {field}" if field else "")
    return Invalid(f"{place}: {expected}.")
