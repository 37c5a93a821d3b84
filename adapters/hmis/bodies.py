"""One function a table: its row as a canonical body. A table without one is kept as it was sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Around
from adapters.hmis.home import is_victim_service_provider
from adapters.hmis.person import person
from adapters.hmis.sheet import Row
from adapters.hmis.words import (
    ASSESSED_BY,
    CONTACTS,
    PRIORITIZED,
    PROGRAM_TYPES,
    REFERRAL_STATES,
    REFERRALS,
    SERVICES,
    YES_NO,
    setting,
)
from schemas.canonical import (
    Body,
    CoordinatedEntry,
    Enrollment,
    LivingSituation,
    Organization,
    PersonFacts,
    Program,
    Service,
    SourceRow,
    StaffMember,
)
from schemas.vocab.records import ContactKind, ProgramType


@dataclass(frozen=True)
class Page:
    """What every row of a sheet is read with; `kept` are the names under which columns are kept as sent."""

    table: str
    kept: Sequence[tuple[str, str]]
    calendar: Calendar
    hashed: bool


@dataclass(slots=True)
class Entry:
    """A row that happened `on` a day, and what holds around it."""

    row: Row
    on: date
    around: Around
    page: Page

    @property
    def enrollment(self) -> str:
        return f"Enrollment/{self.row['EnrollmentID']}"

    @property
    def recorded_by(self) -> str | None:
        user = self.row["UserID"]
        return f"User/{user}" if user else None


def body(row: Row, around: Around, page: Page) -> Body | None:
    """The row in the hub's words; None where it is kept as it was sent."""
    if around.on is not None and page.table in DATED:
        return DATED[page.table](Entry(row, around.on, around, page))
    return UNDATED[page.table](row, page) if page.table in UNDATED else None


def organization(row: Row, _page: Page) -> Organization:
    name = row["OrganizationName"] or row["OrganizationCommonName"]
    return Organization(name=name, victim_service_provider=is_victim_service_provider(row))


def staff_member(row: Row, _page: Page) -> StaffMember:
    name = " ".join(filter(None, (row["UserFirstName"], row["UserLastName"])))
    phone = " x".join(filter(None, (row["UserPhone"], row["UserExtension"])))
    return StaffMember(name=name or None, phone=phone or None, email=row["UserEmail"] or None)


def program(row: Row, page: Page) -> Program:
    return Program(
        organization=f"Organization/{row['OrganizationID']}",
        name=row["ProjectName"] or row["ProjectCommonName"],
        common_name=row["ProjectCommonName"] or None,
        type=PROGRAM_TYPES.get(row["ProjectType"], ProgramType.OTHER),
        opened_on=page.calendar.day(row["OperatingStartDate"]),
        closed_on=page.calendar.day(row["OperatingEndDate"]),
    )


def client(row: Row, page: Page) -> PersonFacts:
    return person(row, page.calendar, hashed=page.hashed)


def enrollment(entry: Entry) -> Enrollment:
    """The stay with its live exit and the latest answer about fleeing violence, which come in files of their own."""
    row, stay = entry.row, entry.around
    return Enrollment(
        program=f"Project/{row['ProjectID']}",
        entry_date=entry.on,
        exit_date=stay.exit_date,
        household=row["HouseholdID"] or None,
        move_in_date=entry.page.calendar.day(row["MoveInDate"]),
        prior_setting=setting(row["LivingSituation"]) if row["LivingSituation"] else None,
        disabling_condition=YES_NO.get(row["DisablingCondition"]),
        fleeing_violence=stay.fleeing,
    )


def service(entry: Entry) -> Service | None:
    """A contact; a payment or voucher is none and is kept as it was sent."""
    record_type = entry.row["RecordType"]
    kind = CONTACTS.get(record_type)
    if kind is None:
        return None
    return Service(
        enrollment=entry.enrollment,
        program=entry.around.home.program,
        contacted_on=entry.on,
        contact=kind,
        what=SERVICES[record_type],
        night_of=entry.on if kind is ContactKind.BED_NIGHT else None,
        recorded_by=entry.recorded_by,
    )


def living_situation(entry: Entry) -> LivingSituation:
    return LivingSituation(
        enrollment=entry.enrollment,
        program=entry.around.home.program,
        contacted_on=entry.on,
        seen_on=entry.on,
        setting=setting(entry.row["CurrentLivingSituation"]),
        place=entry.row["LocationDetails"] or None,
        recorded_by=entry.recorded_by,
    )


def event(entry: Entry) -> CoordinatedEntry:
    """A referral is open until it has a result."""
    referral = REFERRALS.get(entry.row["Event"])
    return CoordinatedEntry(
        enrollment=entry.enrollment,
        on=entry.on,
        referral=referral,
        state=REFERRAL_STATES.get(entry.row["ReferralResult"]) if referral else None,
        settled_on=entry.page.calendar.day(entry.row["ResultDate"]) if referral else None,
        recorded_by=entry.recorded_by,
    )


def assessment(entry: Entry) -> CoordinatedEntry:
    return CoordinatedEntry(
        enrollment=entry.enrollment,
        on=entry.on,
        assessed=ASSESSED_BY.get(entry.row["AssessmentType"]),
        prioritized=PRIORITIZED.get(entry.row["PrioritizationStatus"]),
        recorded_by=entry.recorded_by,
    )


def whole(row: Row, page: Page) -> dict[str, str]:
    """All that a row says: every value that is not null."""
    return {heading: value for heading, name in page.kept if (value := row[name])}


def as_sent(values: Mapping[str, str], page: Page) -> SourceRow:
    """A row without a body of its own."""
    # Texts under texts, as they were read; validating up to 77 of them again would take longer than reading them.
    return SourceRow.model_construct(kind="source-row", table=page.table, values=values)


UNDATED: Mapping[str, Callable[[Row, Page], Body]] = {
    "Organization": organization,
    "User": staff_member,
    "Project": program,
    "Client": client,
}
DATED: Mapping[str, Callable[[Entry], Body | None]] = {
    "Enrollment": enrollment,
    "Services": service,
    "CurrentLivingSituation": living_situation,
    "Event": event,
    "Assessment": assessment,
}
