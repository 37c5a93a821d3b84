"""What a person's other records say about one of them: marks of privacy, grants of the project, since when it is known.

These follow from what the hub knows at the time of the question and not from what it knew when a record came in: an
agency marks somebody private long after their enrollment, a project wins a grant or turns out to serve victims. The
sender need not send every record again for that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hub.store.crypto import Sealer
from hub.store.records import RecordRow, Records
from hub.store.terms import Terms
from schemas.disclosure import InHmis, Provenance
from schemas.vocab import Funding

_OWN_KEY = "enrollment"


class _Placed(NamedTuple):
    """A record in HMIS: which enrollment it belongs to, in which program, and what that is for."""

    row: RecordRow
    hmis: InHmis
    enrollment: str | None
    program: str | None
    project: InHmis

    @property
    def is_of_who(self) -> bool:
        return self.row.kind == "person"

    def belongs_to(self, others: Iterable["_Placed"]) -> bool:
        """Whether it is part of one of these enrollments; what names a program alone is part of any there."""
        if self.is_of_who:
            return False
        by_program = self.enrollment is None and self.program is not None
        return any(self.program == one.program if by_program else self.enrollment == one.enrollment for one in others)


class Marks:
    """The provenance of each of a person's records, as it is now."""

    def __init__(self, records: Records, terms: Terms, known_since: Mapping[str, datetime]) -> None:
        self._records = records
        self._terms = terms
        self._known_since = known_since

    def read(self, rows: Sequence[RecordRow], sealer: Sealer) -> dict[UUID, Provenance]:
        """For every row, what decides which laws protect it; a source's word counts for its own records alone."""
        found = {row.id: Provenance.model_validate(row.provenance) for row in rows}
        sources: defaultdict[str, list[RecordRow]] = defaultdict(list)
        for row in rows:
            if found[row.id].hmis is not None:
                sources[row.source].append(row)
        for source, own in sources.items():
            for row, hmis in self._of_source(source, own, found, sealer):
                found[row.id] = found[row.id].model_copy(update={"hmis": hmis})
        return found

    def _of_source(
        self, source: str, rows: Sequence[RecordRow], found: Mapping[UUID, Provenance], sealer: Sealer
    ) -> Iterable[tuple[RecordRow, InHmis]]:
        placed = self._placed(source, rows, found, sealer)
        private = [one for one in placed if one.hmis.private and one.row.kind == _OWN_KEY]
        hidden = any(one.hmis.private for one in placed if one.is_of_who)
        everywhere = _together([one.project for one in placed if not one.is_of_who])
        for one in placed:
            project = everywhere if one.is_of_who else one.project
            yield (
                one.row,
                InHmis(
                    funding=one.hmis.funding | project.funding,
                    private=hidden or one.hmis.private or one.belongs_to(private),
                    for_victims=one.hmis.for_victims or project.for_victims,
                    known_since=self._known_since.get(source),
                ),
            )

    def _placed(
        self, source: str, rows: Sequence[RecordRow], found: Mapping[UUID, Provenance], sealer: Sealer
    ) -> list[_Placed]:
        said = {row.id: self._records.said(row, sealer) for row in rows}
        programs = {one["key"]: one["body"].get("program") for one in said.values() if one["body"]["kind"] == _OWN_KEY}
        placed = []
        for row in rows:
            enrollment, program = _where(said[row.id])
            program = program or programs.get(enrollment)
            at = self._terms.programs.get((source, program or ""))
            hmis = found[row.id].hmis or InHmis()
            placed.append(_Placed(row, hmis, enrollment, program, InHmis() if at is None else at.hmis))
        return placed


def _where(said: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The keys of the enrollment and of the program that a record names."""
    body = said["body"]
    return said["key"] if body["kind"] == _OWN_KEY else body.get("enrollment"), body.get("program")


def _together(projects: Sequence[InHmis]) -> InHmis:
    """What the projects of a person say of who they are: all grants count, and for victims is who is nowhere else."""
    funding: frozenset[Funding] = frozenset().union(*(one.funding for one in projects))
    return InHmis(funding=funding, for_victims=bool(projects) and all(one.for_victims for one in projects))
