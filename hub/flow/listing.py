"""Who may say how an agency or a program is reached, and the record of it.

An agency speaks for itself, and an HMIS lead for the agencies it administers and the programs its exports name; whoever
runs the hub speaks for everybody.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field as Bound
from sqlmodel import Session

from hub.errors import Invalid, NotFound
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory, ProgramRow
from hub.store.listings import ListingRow, Listings, Whose
from hub.store.terms import terms
from schemas.frozen import Frozen, Slug
from schemas.listing import PLACE, Listed, Listing

NO_PROGRAM = "A program of an HMIS goes by its ProjectID, as Project/31, and is known once an export named it."


class Entry(Listing):
    """An entry of the contact directory with its number and, for a reader, the names of whose it is."""

    id: UUID
    of: Annotated[str, Bound(max_length=400)]


class Unlisted(Frozen):
    """A program of which nobody said how it is reached; `instead` says that its agency's entries are told."""

    source: Slug
    program: str
    name: str
    agency: str
    instead: bool


class ContactDirectory:
    """The contact directory in the hands of `own`, a participant; of whoever runs the hub where that is None."""

    def __init__(self, session: Session, keys: Keys, own: str | None, *, actor: str, at: datetime) -> None:
        self.directory = Directory(session)
        self.listings = Listings(session)
        self.terms = terms(session)
        self.trail = AuditLog(session, keys)
        self.own = own
        self.actor = actor
        self.at = at

    def set(self, listing: Listing) -> UUID:
        """Lists a way; the same way from the same day on replaces the one before. Raises `NotFound`, `Invalid`."""
        whose = self._whose(listing)
        if listing.kind == PLACE and whose.hides:
            raise Invalid(
                "place: where victims are served is kept by nobody (34 U.S.C. 12291(b)(2)).",
                next_steps="List a telephone number instead.",
            )
        said = {name: getattr(listing, name) for name in Listed.model_fields}
        new = self.listings.keep(whose, Listed(**{**said, "as_of": listing.as_of or self.at.date()}))
        self._record({"contact": str(new)}, whose)
        return new

    def take(self, listings: Iterable[Listing]) -> int:
        """Lists all of them or, where one is refused, none; gives their number."""
        return len([self.set(listing) for listing in listings])

    def remove(self, listing_id: UUID) -> None:
        """Takes an entry out; raises `NotFound`."""
        whose, row = self.listings.get(listing_id)
        if not self._speaks_for(whose):
            raise NotFound("There is no such entry in the contact directory.")
        self.listings.remove(row)
        self._record({"contact": str(listing_id), "removed": True}, whose)

    def entries(self) -> Iterator[Entry]:
        """Every entry that may be changed, those of days to come and days gone too."""
        return (_entry(whose, row) for whose, row in self.listings.all() if self._speaks_for(whose))

    def unlisted(self) -> Iterator[Unlisted]:
        """The programs that go on and have no entry of their own that holds today."""
        today = self.at.date()
        for row in self.directory.programs():
            agency = self.directory.participant(row.participant)
            listed = self.terms.programs[row.source, row.key].reach
            goes_on = row.closed_on is None or row.closed_on >= today
            if goes_on and self._speaks_for(Whose(agency, row)) and not _any_on(listed, today):
                instead = _any_on(self.terms.participant(row.participant).reach, today)
                yield Unlisted(source=row.source, program=row.key, name=row.name, agency=agency.name, instead=instead)

    def _whose(self, listing: Listing) -> Whose:
        program = self._program(listing)
        whose = Whose(self.directory.participant(program.participant if program else str(listing.agency)), program)
        if not self._speaks_for(whose):
            raise NotFound("There is no such agency or program of yours.")
        return whose

    def _program(self, listing: Listing) -> ProgramRow | None:
        if listing.source is None:
            return None
        found = self.directory.program(listing.source, listing.program)
        if found is None:
            raise NotFound("The source has no such program here.", next_steps=NO_PROGRAM)
        return found

    def _speaks_for(self, whose: Whose) -> bool:
        agency, program = whose
        theirs = {agency.slug, agency.administered_by, program.source if program else None}
        return self.own is None or self.own in theirs

    def _record(self, details: dict[str, JSON], whose: Whose) -> None:
        self.trail.append(
            Act.DIRECTORY_CHANGED, at=self.at, actor=self.actor, participant=whose.agency.slug, details=details
        )


def _entry(whose: Whose, row: ListingRow) -> Entry:
    agency, program = whose
    listed = row.listed()
    names = {"agency": None, "source": program.source, "program": program.key} if program else {"agency": agency.slug}
    of = f"{program.name}, {agency.name}" if program else agency.name
    said = {name: getattr(listed, name) for name in Listed.model_fields}
    return Entry.made_of({"source": None, "program": None, **said, **names, "id": row.id, "of": of})


def _any_on(listed: Iterable[Listed], day: date) -> bool:
    return any(one.holds_on(day) for one in listed)
