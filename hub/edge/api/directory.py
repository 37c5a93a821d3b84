"""Who takes part, what they offer, and how to reach them; and who works with whom."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.errors import Invalid
from hub.flow.directory_file import read_listings
from hub.flow.listing import ContactDirectory, Entry
from hub.flow.staffing import Assignment, assign
from hub.store.directory import Directory
from hub.store.terms import terms
from schemas.contacts import Reach
from schemas.documents import UnreadableDocument
from schemas.frozen import Frozen, Slug
from schemas.listing import Listing, reach_on

router = APIRouter(prefix="/api/directory", tags=["directory"])

EXAMPLE = {
    "source": "riverbend-hmis",
    "program": "Project/201",
    "kind": "phone",
    "value": "+1 555 0100",
    "hours": "Mon-Fri 08:00-17:00; Sat 10:00-14:00",
    "since": "2026-12-01",
}


class Participant(Frozen):
    """An organization that takes part, with the ways to reach it that hold today."""

    slug: Slug
    name: str
    capacities: tuple[str, ...]
    reach: tuple[Reach, ...]


class ProgramEntry(Frozen):
    """A program, with the ways to reach it that hold today."""

    participant: Slug
    name: str
    type: str
    area: str | None
    reach: tuple[Reach, ...]


class Filed(Frozen):
    """The number of an entry in the contact directory."""

    id: UUID


class FiledMany(Frozen):
    """How many entries of a table are in the contact directory now."""

    entries: int


@router.get("/participants")
def participants(_caller: CallerDep, session: SessionDep, at: NowDep) -> list[Participant]:
    """Every organization that takes part."""
    known = terms(session).participants
    return [
        Participant(
            slug=row.slug,
            name=row.name,
            capacities=tuple(row.capacities),
            reach=reach_on(known[row.slug].reach, at.date()),
        )
        for row in Directory(session).participants()
    ]


@router.get("/programs")
def programs(
    _caller: CallerDep, session: SessionDep, at: NowDep, participant: Slug | None = None
) -> list[ProgramEntry]:
    """Programs, of one organization or of all."""
    known = terms(session).programs
    return [
        ProgramEntry(
            participant=row.participant,
            name=row.name,
            type=row.type,
            area=row.area,
            reach=reach_on(known[row.source, row.key].reach, at.date()),
        )
        for row in Directory(session).programs(participant)
    ]


@router.get("/contacts")
def contacts(caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> list[Entry]:
    """The entries that the caller's organization keeps: its own, and those of agencies and programs it administers."""
    return list(_desk(session, keys, caller, at).entries())


@router.post("/contacts", status_code=201)
def list_contact(
    listing: Annotated[Listing, Body(examples=[EXAMPLE])],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> Filed:
    """Says how an agency or a program is reached; the same way from the same day on replaces the one before."""
    return Filed(id=_desk(session, keys, caller, at).set(listing))


@router.post("/contacts/csv", status_code=201)
def list_contacts(
    table: Annotated[bytes, Body(media_type="text/csv")],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> FiledMany:
    """Takes a whole directory as CSV, all of it or nothing; the columns are the attributes of one entry."""
    try:
        listings = read_listings(table, "the table")
    except UnreadableDocument as unreadable:
        raise Invalid(str(unreadable)) from None
    return FiledMany(entries=_desk(session, keys, caller, at).take(listings))


@router.delete("/contacts/{contact_id}", status_code=204)
def remove_contact(contact_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> None:
    """Takes an entry out of the contact directory."""
    _desk(session, keys, caller, at).remove(contact_id)


@router.post("/staff-assignments", status_code=204)
def assign_staff(assignment: Assignment, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> None:
    """Says who works with a person from when on; HMIS CSV does not carry it."""
    assign(session, keys, caller.participant, assignment, at=at, actor=caller.id)


def _desk(session: SessionDep, keys: KeysDep, caller: CallerDep, at: NowDep) -> ContactDirectory:
    return ContactDirectory(session, keys, caller.participant, actor=caller.id, at=at)
