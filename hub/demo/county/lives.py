"""A person and what happened to them, as it truly was, before anyone wrote it down.

Days and minutes count back from the county's now; a negative number lies ahead. These are named tuples, not models,
because a million of them are made.
"""

from datetime import date
from typing import NamedTuple

from hub.demo.county.programs import Project, Worker

_LAST_FOURS, _LAST_FOUR_STRIDE = 9_999, 7_919


class Person(NamedTuple):
    """Who someone is. `number` counts from 1 and is nobody's identifier outside the truth file."""

    number: int
    given: str
    middle: str
    family: str
    suffix: str
    born: date
    female: bool
    street: str = ""

    @property
    def last_four(self) -> str:
        """The last four digits of a social security number; the rest of it does not exist."""
        return f"{self.number * _LAST_FOUR_STRIDE % _LAST_FOURS + 1:04}"

    @property
    def phone(self) -> str:
        """A number of the range kept for fiction."""
        return f"(202) 555-01{self.number % 100:02}"


class Sighting(NamedTuple):
    """An outreach contact: `setting` is a code of HMIS list 3.12.1, `place` the worker's own words."""

    ago: int
    setting: int
    place: str = ""


class Given(NamedTuple):
    """A service or bed night: RecordType and TypeProvided of HMIS."""

    ago: int
    record: int
    what: int


class Referral(NamedTuple):
    """A coordinated-entry event (HMIS list 4.20.2); open while `result` is None."""

    ago: int
    event: int
    result: int | None = None


class Stay(NamedTuple):
    """An enrollment in a project; it goes on while `left` is None. `prioritized` says days since the assessment."""

    project: Project
    entered: int
    left: int | None = None
    services: tuple[Given, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    referral: Referral | None = None
    prioritized: int | None = None
    worker: Worker | None = None
    worker_since: int = 0


class Coding(NamedTuple):
    """An ICD-10-CM code and its words."""

    code: str
    words: str


class Visit(NamedTuple):
    """A hospital visit in minutes before now; `patient_class` E or I (HL7 table 0004)."""

    patient_class: str
    arrived: int
    left: int | None
    diagnosis: Coding
    disposition: str = "01"
    corrected: bool = False


class Care(NamedTuple):
    """What the clinic keeps."""

    seen: int
    conditions: tuple[Coding, ...]
    medications: tuple[str, ...]
    shares_with: str | None = None


class Treatment(NamedTuple):
    """What the opioid treatment program keeps."""

    admitted: int
    medication: str
    dosed: int


class Custody(NamedTuple):
    """A stay in jail; minutes before the midnight that began today. `missed` is the snapshot that leaves it out."""

    booking: str
    booked: int
    released: int | None
    charge: str
    medical_flag: str = "N"
    missed: int | None = None


class Release(NamedTuple):
    """An HMIS release of information. `to` is a class of recipients or an organization's slug."""

    signed: int
    ends: int
    to: tuple[str, ...]
    revoked: int | None = None
    covers: tuple[str, ...] = ()


class Part2Consent(NamedTuple):
    """A single consent for treatment, payment and operations (42 CFR 2.31, 2.33(a)(2)), without an end."""

    signed: int


class Life(NamedTuple):
    """A person and all their dealings with the county. `plain`: everyone wrote this one down without a slip."""

    person: Person
    stays: tuple[Stay, ...] = ()
    visits: tuple[Visit, ...] = ()
    care: Care | None = None
    treatment: Treatment | None = None
    custody: Custody | None = None
    release: Release | None = None
    part2_consent: Part2Consent | None = None
    plain: bool = False
