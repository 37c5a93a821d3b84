"""Who a client is and where they are enrolled: one answer of a caller's own rows and of what others let go."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import Field as Bound
from pydantic import StringConstraints
from sqlmodel import Session

from adapters.hmis.api.values import Value, as_json
from hub.errors import Invalid, Unknown
from hub.flow.hmis.looking import Likeness, Looking
from hub.flow.hmis.own import OwnRow, OwnRows
from hub.flow.hmis.sharing import NOTHING, Shared, Sharing
from hub.flow.hmis.standing import Standing
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.descriptors import Descriptors
from schemas.canonical import Enrollment
from schemas.contacts import PersonAsked, Text
from schemas.frozen import Frozen
from schemas.vocab import Match

NO_SUCH_CLIENT = "There is no such client."

Json = dict[str, Any]


Year = Annotated[str, StringConstraints(pattern=r"^(19|20)\d{2}$")]


class Sought(Frozen):
    """Whom a search is for: by PersonalID, or by name with whatever else is known.

    `DOB` may be a year, `SSN` the last four digits. Among the caller's own clients, names are found by how they begin.
    Of others' there is at most one, by whole names, as one says them (`Jon` finds `John`), with the whole birth date or
    the last four digits: names are kept behind blind tokens.
    """

    personal_id: Annotated[str | None, Bound(alias="PersonalID", min_length=1, max_length=200)] = None
    given: Annotated[Text | None, Bound(alias="FirstName")] = None
    family: Annotated[Text | None, Bound(alias="LastName")] = None
    born: Annotated[Year | date | None, Bound(alias="DOB", union_mode="left_to_right")] = None
    ssn: Annotated[str | None, Bound(alias="SSN", pattern=r"^(\d{5})?\d{4}$|^\d{3}-\d{2}-\d{4}$")] = None

    @property
    def last_four(self) -> str | None:
        return None if self.ssn is None else self.ssn[-4:]

    def person(self) -> PersonAsked:
        """As the index is asked; a year is no birth date to it, and nobody is asked for who might be somebody else."""
        if isinstance(self.born, str):
            return PersonAsked()
        return PersonAsked(given=self.given, family=self.family, birth_date=self.born, ssn_last4=self.last_four)

    def likeness(self) -> Likeness:
        """As the caller's own clients are looked through."""
        born = self.born if isinstance(self.born, date) else None
        year = self.born if isinstance(self.born, str) else None
        return Likeness(self.given, self.family, born, year, self.last_four)


class Window(Frozen):
    """Enrollments that begin on or after one day and have ended on or before another, of one project or of all."""

    project: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        return self == Window()

    def shows(self, stay: Mapping[str, Any]) -> bool:
        entry, exit_ = str(stay.get("EntryDate", "")), str(stay.get("ExitDate", ""))
        return (
            (self.project is None or stay.get("ProjectID") == self.project)
            and (self.since is None or entry >= self.since.isoformat())
            and (self.until is None or "" < exit_ <= self.until.isoformat())
        )


class Told(NamedTuple):
    """What a caller may know of one person: its own rows, and what others let go."""

    person_id: UUID | None
    own: Sequence[OwnRow]
    shared: Shared

    @property
    def is_nothing(self) -> bool:
        return not (self.own or self.shared.client or self.shared.stays)


class Clients:
    """Answers one caller."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.standing = Standing(session, keys, caller)
        self.sharing = Sharing(session, keys, caller, self.standing, at=at)
        self.own = OwnRows(self.sharing.release.records, self.sharing.release.people, self.standing)
        self.descriptors = Descriptors(session, keys)
        self._looking = Looking(self.sharing.release.records, self.sharing.release.people, self.standing.me)
        self._trail = AuditLog(session, keys)
        self._caller = caller
        self._at = at

    def search(self, sought: Sought) -> list[Told]:
        """The one person who is meant, as far as anything may be told of them, or else whoever of the caller's own
        clients is like that; of others nobody where there is a doubt."""
        if sought.personal_id is not None:
            person_id = self.standing.person(sought.personal_id)
            told = self._told(person_id, Match.NONE if person_id is None else Match.UNIQUE)
        elif sought.given or sought.family:
            found = self.sharing.release.people.find(sought.person())
            told = self._told(found.person_id, found.match)
            if told.is_nothing:
                return [self._of_own(person_id) for person_id in self._looking.find(sought.likeness())]
        else:
            raise Invalid("PersonalID, or a name, is needed.", next_steps="Give at least a name.")
        return [] if told.is_nothing else [told]

    def about(self, personal_id: str) -> Told:
        """One client; raises `Unknown` where nothing may be told, alike for a stranger."""
        person_id = self.standing.person(personal_id)
        told = self._told(person_id, Match.NONE if person_id is None else Match.UNIQUE)
        if told.is_nothing:
            raise Unknown(NO_SUCH_CLIENT)
        return told

    def _told(self, person_id: UUID | None, match: Match) -> Told:
        own = [] if person_id is None else self.own.about(person_id)
        shared = self.sharing.about(person_id, match=match, own=frozenset(one.row.id for one in own))
        if own:
            self.note(person_id, rows=len(own))
        return Told(person_id, own, shared)

    def _of_own(self, person_id: UUID) -> Told:
        """A client of the caller's own, of whom others were not asked."""
        own = self.own.about(person_id)
        self.note(person_id, rows=len(own))
        return Told(person_id, own, NOTHING)

    def note(self, person_id: UUID | None, **details: Any) -> None:
        """That the caller read records of its own is on record too."""
        self._trail.append(
            Act.RECORDS_READ,
            at=self._at,
            actor=self._caller.id,
            participant=self._caller.participant,
            subject=person_id,
            details=details,
        )

    # --- as HUD's API has it

    def matched(self, told: Told) -> list[Json]:
        """Each Client row of the caller's own; or else the person as others tell of them."""
        rows = [base(one) for one in told.own if one.table == "Client" and not one.values.get("DateDeleted")]
        return rows or [self.as_others_tell(told)]

    def as_others_tell(self, told: Told) -> Json:
        """Who a client is, as others let it be told."""
        return {"PersonalID": self._called(told), **as_json("Client", told.shared.client)}

    def enrollments(self, told: Told, window: Window) -> list[Json]:
        """Every stay that the caller may know of, its own first."""
        own = [self.stay(one) for one in told.own if one.table == "Enrollment"]
        return [*(stay for stay in own if window.shows(stay)), *self.others(told, window)]

    def others(self, told: Told, window: Window) -> list[Json]:
        """The stays that others let be told."""
        stays = [{"PersonalID": self._called(told), **stay} for stay in told.shared.stays]
        return [stay for stay in stays if window.shows(stay)]

    def stay(self, one: OwnRow) -> Json:
        """A stay of the caller's own: what the draft names, with the exit, which is a row of its own in the CSV."""
        program = self.standing.programs.get((one.row.source, f"Project/{one.values.get('ProjectID')}"))
        said = {name: value for name, value in as_json("Enrollment", one.values).items() if name in _OF_A_STAY}
        said |= {"ProjectID": self.standing.project_id(one.row.source, str(said.get("ProjectID", "")))}
        said |= {"ProjectName": program.name} if program else {}
        said |= {"ExitDate": ended} if (ended := dates(one).get("ExitDate")) else {}
        return {name: said[name] for name in _OF_A_STAY if name in said}

    def _called(self, told: Told) -> Value:
        """What the caller calls the person: as its own rows do, or as the hub does for it."""
        own = next((one.values["PersonalID"] for one in told.own if one.values.get("PersonalID")), None)
        return own or self._made(told)

    def _made(self, told: Told) -> str:
        return "" if told.person_id is None else self.standing.personal_id(told.person_id)


_OF_A_STAY = (
    "PersonalID",
    "EnrollmentID",
    "ProjectID",
    "ProjectName",
    "EntryDate",
    "ExitDate",
    "HouseholdID",
    "RelationshipToHoH",
    "EnrollmentCoC",
    "DateCreated",
    "DateUpdated",
)


def dates(one: OwnRow) -> dict[str, str]:
    """When a stay began and ended; its exit is a row of its own in the CSV, and is known to the record of the stay."""
    body = one.record.body
    if not isinstance(body, Enrollment):
        return {}
    ended = {} if body.exit_date is None else {"ExitDate": body.exit_date.isoformat()}
    return {"EntryDate": body.entry_date.isoformat(), **ended}


def base(one: OwnRow) -> dict[str, Value]:
    """A row as the API gives it, its keys first."""
    return as_json(one.table, one.values)


def notices(several: Sequence[Told]) -> dict[str, list[str]]:
    """The texts that must travel with what others let go; where there are none there is no word of them."""
    texts = [text for told in several for text in told.shared.notices]
    return {"notices": list(dict.fromkeys(texts))} if texts else {}


def by_person(rows: Sequence[OwnRow]) -> Iterator[tuple[UUID, list[OwnRow]]]:
    """Rows by person, each person once."""
    found: dict[UUID, list[OwnRow]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    yield from found.items()
