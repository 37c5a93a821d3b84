"""A file that would remove much is held until a person says that it is meant: a wrong file must not empty a hub."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

from hub.settings import Settings
from hub.store.records import Records
from schemas.messages import Problem, Severity

_WORDS = {
    "person": "people",
    "enrollment": "enrollments",
    "service": "services",
    "living-situation": "living situations",
    "coordinated-entry": "coordinated-entry events",
    "staff-assignment": "staff assignments",
    "source-row": "other rows",
    "encounter": "encounters",
    "booking": "bookings",
}


class Held(Exception):
    """Too much would go; `problems` say of what, and how much."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.expected for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Restraint:
    """How much of a kind one message may remove of what is stored of its source: so many, or so many of a hundred."""

    number: int = 20
    percent: float = 10.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings say."""
        return cls(settings.removals_number, settings.removals_percent)

    def insist(self, source: str, records: Records) -> None:
        """Raises `Held` where one kind loses more than the number and more than the share."""
        if over := self.over(source, records):
            raise Held(over)

    def over(self, source: str, records: Records) -> list[Problem]:
        """Which kinds lose more than the number and more than the share, by what these records changed so far."""
        many = {kind: gone for kind, gone in records.changes.removed.items() if gone > self.number}
        if not many:
            return []
        before = records.live_by_kind(source) + Counter(records.changes.removed) - Counter(records.changes.added)
        shares = {kind: gone * 100 / before[kind] for kind, gone in many.items()}
        return [self._problem(kind, many[kind], before[kind]) for kind, share in shares.items() if share > self.percent]

    def _problem(self, kind: str, gone: int, before: int) -> Problem:
        what = _WORDS.get(kind, f"records of the kind {kind}")
        share = round(gone * 100 / before)
        return Problem(
            code="removals",
            severity=Severity.SET_ASIDE,
            expected=f"fewer removals: this would remove {share} % of {what} ({gone} of {before}); "
            "repeat with --confirm-removals",
        )
