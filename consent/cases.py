"""Decided cases: one JSON object a line, in the closed form of `schemas.disclosure.Case`."""

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from schemas.disclosure import Case, Decision


class UnreadableCase(ValueError):
    """A line is no case. Says which line and which field, and what was expected; never what stood there."""

    def __init__(self, line: int, field: str, expected: str) -> None:
        super().__init__(f"line {line}, {field or 'the line'}: {expected}")
        self.line = line
        self.field = field


def read_cases(lines: Iterable[str]) -> Iterator[Case]:
    """Cases in the order of their lines; empty lines are skipped. Raises `UnreadableCase` at the first bad one."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read(number, line)


def _read(number: int, line: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UnreadableCase(number, field, first["type"].replace("_", " ")) from None


def decision_line(case_id: str, decision: Decision) -> dict[str, object]:
    """A decision as one line of the scoring format: plain words and lists, ready for JSON."""
    return {
        "id": case_id,
        "response": decision.response.value,
        "records": [
            {
                "id": piece.id,
                "outcome": piece.outcome.value,
                "fields_released": [field.value for field in piece.fields_released],
                "obligations": [obligation.value for obligation in piece.obligations],
                "basis": [cite.text for cite in piece.basis],
                "rules": list(piece.rules),
            }
            for piece in decision.records
        ],
    }
