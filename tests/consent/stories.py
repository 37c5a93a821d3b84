"""Reads the stories of `tests/cases` and the open cases, and says where a decision differs from the right answer."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from schemas.disclosure import Case, Decision, ExpectedPiece, PieceDecision
from schemas.vocab import Outcome, Response

STORIES = Path(__file__).parents[1] / "cases"
RELEASING = {Outcome.PERMIT, Outcome.LIMIT}


class _Plain(yaml.SafeLoader):
    """YAML in which `on` is a word, not a yes."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@cache
def stories() -> tuple[Case, ...]:
    """Every story, file by file, read once."""
    return tuple(_read())


def _read() -> Iterator[Case]:
    """What stands under `given` is there to be pointed at."""
    for path in sorted(STORIES.glob("*.yaml")):
        page: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Plain)
        for story in page["cases"]:
            yield Case.model_validate({"why": story["title"], "arguable": False, "tags": [], "facts": {}} | story)


def shared_cases() -> Path | None:
    """The folder of decided cases beside the checkout, if there is one."""
    beside = Path(__file__).parents[3] / "shared" / "law" / "cases"
    named = os.environ.get("HUB_SHARED_DATA")
    folder = Path(named).parent / "law" / "cases" if named else beside
    return folder if (folder / "cases_open.jsonl").exists() else None


def differences(case: Case, decision: Decision) -> list[str]:
    """What is wrong with a decision; empty when it agrees."""
    decided = {piece.id: piece for piece in decision.records}
    found = [
        f"{wanted.id}: {fault}" for wanted in case.expected.records for fault in _faults(wanted, decided[wanted.id])
    ]
    if not found and decision.response is not _response(case, decided):
        found.append(f"response {decision.response}")
    return found


def _response(case: Case, decided: dict[str, PieceDecision]) -> Response:
    outcomes = {piece.outcome for piece in decided.values()}
    if not outcomes:
        return case.expected.response
    if outcomes & RELEASING:
        return Response.RELEASED
    return Response.REFUSED if Outcome.REFUSE in outcomes else Response.NO_INFORMATION


def _faults(wanted: ExpectedPiece, piece: PieceDecision) -> Iterator[str]:
    if piece.outcome not in {wanted.outcome, *wanted.also_acceptable}:
        yield f"{piece.outcome} instead of {wanted.outcome}"
    elif piece.outcome is wanted.outcome and piece.outcome in RELEASING:
        yield from _faults_of_release(wanted, piece)


def _faults_of_release(wanted: ExpectedPiece, piece: PieceDecision) -> Iterator[str]:
    released, owed = set(piece.fields_released), set(piece.obligations)
    if released != set(wanted.fields_released):
        yield f"releases {sorted(released)} instead of {sorted(wanted.fields_released)}"
    if missing := set(wanted.obligations) - owed:
        yield f"does not owe {sorted(missing)}"
    if wrong := set(wanted.obligations_excluded) & owed:
        yield f"owes {sorted(wrong)}"
