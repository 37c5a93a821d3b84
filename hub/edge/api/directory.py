"""Who takes part, what they offer, and how to reach them; and who works with whom."""

from fastapi import APIRouter

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.staffing import Assignment, assign
from hub.store.directory import Directory, ParticipantRow, ProgramRow, reach_of
from schemas.contacts import Reach
from schemas.frozen import Frozen, Slug

router = APIRouter(prefix="/api/directory", tags=["directory"])


class Participant(Frozen):
    """An organization that takes part."""

    slug: Slug
    name: str
    capacities: tuple[str, ...]
    reach: tuple[Reach, ...]


class ProgramEntry(Frozen):
    """A program and how to reach it."""

    participant: Slug
    name: str
    type: str
    area: str | None
    reach: tuple[Reach, ...]


@router.get("/participants")
def participants(_caller: CallerDep, session: SessionDep) -> list[Participant]:
    """Every organization that takes part."""
    return [_participant(row) for row in Directory(session).participants()]


@router.get("/programs")
def programs(_caller: CallerDep, session: SessionDep, participant: Slug | None = None) -> list[ProgramEntry]:
    """Programs, of one organization or of all."""
    return [_program(row) for row in Directory(session).programs(participant)]


@router.post("/staff-assignments", status_code=204)
def assign_staff(assignment: Assignment, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> None:
    """Says who works with a person from when on; HMIS CSV does not carry it."""
    assign(session, keys, caller.participant, assignment, at=at, actor=caller.id)


def _participant(row: ParticipantRow) -> Participant:
    return Participant(slug=row.slug, name=row.name, capacities=tuple(row.capacities), reach=reach_of(row.reach))


def _program(row: ProgramRow) -> ProgramEntry:
    return ProgramEntry(
        participant=row.participant, name=row.name, type=row.type, area=row.area, reach=reach_of(row.reach)
    )
