"""What every feed's records become: one shape, whoever sent it.

A `CanonicalRecord` is an envelope (whose it is, where it came from, when) around a `Body` of one kind. Each attribute
of a body that could be told to anyone is marked with the field it `shows`; `schemas.showing` alone reads those
marks. **An attribute without a mark never leaves the hub.**
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field as Bound

from schemas.disclosure import Provenance
from schemas.frozen import Frozen, Moment, Slug
from schemas.instruments import Consent
from schemas.showing import Reveals, shows
from schemas.vocab import Category, EmergencyKind, Field, Sensitivity, UnobtainableBecause
from schemas.vocab.records import (
    AssessedBy,
    BookingEvent,
    Change,
    ContactKind,
    EncounterClass,
    LivingSetting,
    ProgramType,
    ReferralState,
    Sex,
)


class Identifier(Frozen):
    """An identifier within a system: `urn:hub:hmis:PersonalID` of one source is not that of another."""

    system: str
    value: str


# --- the person ------------------------------------------------------------------------------------------------------

_NAME = shows(Category.IDENTITY, Field.NAME)


class PersonFacts(Frozen):
    """What one source says of who a person is. Unknown is None or empty; nothing here is guessed.

    `ssn` is nine digits or, where the source has only those, the last four. `hashed` names are digests, and so is
    `ssn_digest`: they are kept, and compared with what the same digests of names and numbers would be.
    """

    kind: Literal["person"] = "person"
    given: Annotated[str | None, _NAME] = None
    middle: Annotated[str | None, _NAME] = None
    family: Annotated[str | None, _NAME] = None
    suffix: Annotated[str | None, _NAME] = None
    aliases: Annotated[tuple[str, ...], _NAME] = ()
    birth_date: Annotated[date | None, shows(Category.IDENTITY, Field.DATE_OF_BIRTH)] = None
    sex: Sex | None = None
    ssn: Annotated[str | None, shows(Category.IDENTITY, Field.SOCIAL_SECURITY_NUMBER)] = None
    phones: Annotated[tuple[str, ...], shows(Category.CONTACT, Field.SAFE_CONTACT_METHOD)] = ()
    address: Annotated[str | None, shows(Category.IDENTITY, Field.ADDRESS)] = None
    identifiers: tuple[Identifier, ...] = ()
    hashed: bool = False
    ssn_digest: str | None = None


# --- homeless services -----------------------------------------------------------------------------------------------

_ENROLLMENT = shows(Category.HOUSING, Field.ACTIVE_ENROLLMENT)
_SITUATION = shows(Category.HOUSING, Field.LIVING_SITUATION)
_CONTACT = shows(Category.CASE_MANAGEMENT, Field.LAST_CONTACT)
_WORKER = shows(Category.CASE_MANAGEMENT, Field.CASE_MANAGER)
_REFERRAL = shows(Category.CASE_MANAGEMENT, Field.REFERRAL_STATUS)


class Enrollment(Frozen):
    """A stay in a homeless-services program; open while `exit_date` is None. `program` is the source's key of it."""

    kind: Literal["enrollment"] = "enrollment"
    program: Annotated[str, _ENROLLMENT]
    entry_date: Annotated[date, _ENROLLMENT]
    exit_date: Annotated[date | None, _ENROLLMENT] = None
    household: str | None = None
    move_in_date: Annotated[date | None, shows(Category.HOUSING, Field.MOVE_IN_DATE)] = None
    prior_setting: Annotated[LivingSetting | None, _SITUATION] = None
    disabling_condition: Annotated[bool | None, shows(Category.DISABILITY, Field.DISABLING_CONDITION)] = None
    fleeing_violence: Annotated[bool | None, shows(Category.DOMESTIC_VIOLENCE, Field.DOMESTIC_VIOLENCE_STATUS)] = None


class Service(Frozen):
    """A service or bed night. That there was a contact that day, and what it was, are told apart.

    `contacted_on` may be told where `what` and `night_of` may not.
    """

    kind: Literal["service"] = "service"
    enrollment: str
    program: Annotated[str | None, _ENROLLMENT] = None
    contacted_on: Annotated[date, _CONTACT]
    contact: Annotated[ContactKind, shows(Category.HOUSING, Field.SERVICES_RECEIVED)]
    what: Annotated[str | None, shows(Category.HOUSING, Field.SERVICES_RECEIVED)] = None
    night_of: Annotated[date | None, shows(Category.HOUSING, Field.DATE_OF_STAY)] = None
    recorded_by: Annotated[str | None, _WORKER] = None


class LivingSituation(Frozen):
    """Where an outreach worker found the person. `place` is the worker's own words and may be precise."""

    kind: Literal["living-situation"] = "living-situation"
    enrollment: str
    program: Annotated[str | None, _ENROLLMENT] = None
    contacted_on: Annotated[date, _CONTACT]
    seen_on: Annotated[date, _SITUATION]
    setting: Annotated[LivingSetting, _SITUATION]
    place: Annotated[str | None, shows(Category.LOCATION, Field.LAST_KNOWN_WHEREABOUTS)] = None
    recorded_by: Annotated[str | None, _WORKER] = None


class CoordinatedEntry(Frozen):
    """A coordinated-entry event: a referral, or an assessment and whether the person was prioritized by it."""

    kind: Literal["coordinated-entry"] = "coordinated-entry"
    enrollment: str
    on: Annotated[date, _REFERRAL]
    referral: Annotated[str | None, _REFERRAL] = None
    state: Annotated[ReferralState | None, _REFERRAL] = None
    settled_on: Annotated[date | None, _REFERRAL] = None
    assessed: Annotated[AssessedBy | None, _REFERRAL] = None
    prioritized: Annotated[bool | None, _REFERRAL] = None
    recorded_by: Annotated[str | None, _WORKER] = None


class StaffAssignment(Frozen):
    """Who works with the person; dated, because the feeds do not carry it and it grows old. `until` None: goes on."""

    kind: Literal["staff-assignment"] = "staff-assignment"
    program: Annotated[str | None, _ENROLLMENT] = None
    worker: Annotated[str, _WORKER]
    role: Annotated[str, _WORKER]
    phone: Annotated[str | None, _WORKER] = None
    email: Annotated[str | None, _WORKER] = None
    since: Annotated[date, _WORKER]
    until: Annotated[date | None, _WORKER] = None


class SourceRow(Frozen):
    """A row that is understood as far as its keys and kept whole, and not told to anyone yet.

    `table` is the sender's name for it. `values` hold what the sender sent, under the sender's names.
    """

    kind: Literal["source-row"] = "source-row"
    table: str
    values: Mapping[str, str]


# --- health ----------------------------------------------------------------------------------------------------------


class Coded(Frozen):
    """A code of a code system (`http://hl7.org/fhir/sid/icd-10-cm`), with the sender's own words for it."""

    system: str
    code: str
    display: str | None = None


class Encounter(Frozen):
    """A visit or stay in health care. Times are aware; `ended_at` None means it goes on or nobody knows.

    A feed puts its diagnoses under `unsorted_diagnoses`, where nobody is told of them, and `consent.labels` sorts them;
    what it cannot sort stays there. Under `diagnoses` stands what is ordinary, by its code or by its sender's word.
    """

    kind: Literal["encounter"] = "encounter"
    care: Annotated[EncounterClass, shows(Category.GENERAL_HEALTH, Field.TREATMENT_TIME)]
    started_at: Annotated[Moment | None, shows(Category.GENERAL_HEALTH, Field.TREATMENT_TIME)] = None
    ended_at: Annotated[Moment | None, shows(Category.GENERAL_HEALTH, Field.TREATMENT_TIME)] = None
    facility: Annotated[str | None, shows(Category.PRESENCE, Field.PRESENCE)] = None
    disposition: Annotated[str | None, shows(Category.MENTAL_HEALTH, Field.DISPOSITION)] = None
    diagnoses: Annotated[tuple[Coded, ...], shows(Category.GENERAL_HEALTH, Field.DIAGNOSIS)] = ()
    mental_health_diagnoses: Annotated[
        tuple[Coded, ...], shows(Category.MENTAL_HEALTH, Field.MENTAL_HEALTH_DIAGNOSIS)
    ] = ()
    substance_use_diagnoses: Annotated[
        tuple[Coded, ...], shows(Category.SUBSTANCE_USE, Field.SUBSTANCE_USE_DIAGNOSIS)
    ] = ()
    hiv_diagnoses: Annotated[tuple[Coded, ...], shows(Category.HIV, Field.HIV_STATUS)] = ()
    violence_diagnoses: Annotated[
        tuple[Coded, ...], shows(Category.DOMESTIC_VIOLENCE, Field.DOMESTIC_VIOLENCE_STATUS)
    ] = ()
    unsorted_diagnoses: tuple[Coded, ...] = ()


class Medications(Frozen):
    """A medication list as the holder keeps it; `codes` are what its sender codes them with."""

    kind: Literal["medications"] = "medications"
    current: Annotated[tuple[str, ...], shows(Category.MEDICATIONS, Field.CURRENT_MEDICATIONS)] = ()
    codes: tuple[Coded, ...] = ()
    last_dose: Annotated[str | None, shows(Category.MEDICATIONS, Field.LAST_DOSE)] = None


class TreatmentEnrollment(Frozen):
    """That a person is enrolled with a treatment program, and how it goes."""

    kind: Literal["treatment-enrollment"] = "treatment-enrollment"
    enrolled: Annotated[bool, shows(Category.ATTENDANCE, Field.ENROLLMENT_STATUS)]
    since: Annotated[date | None, shows(Category.ATTENDANCE, Field.ENROLLMENT_STATUS)] = None
    attended_on: Annotated[tuple[date, ...], shows(Category.ATTENDANCE, Field.ATTENDANCE)] = ()


class ConsentOnFile(Frozen):
    """A consent, release or authorization that a sender filed; evidence, not information to pass on."""

    kind: Literal["consent"] = "consent"
    consent: Consent


# --- emergencies -----------------------------------------------------------------------------------------------------


class EmergencyDisclosure(Frozen):
    """What 42 CFR 2.51(c) wants in the patient's record after a disclosure in an emergency; told to nobody else.

    medical_person  who of the medical personnel received it (2.51(c)(1)); `affiliation` is their facility
    disclosed_by    who disclosed (2.51(c)(2)): the exchange for the program, and who asked, by id
    disclosed_at    when, to the second (2.51(c)(3))
    nature          of what kind the emergency was (2.51(c)(4))
    """

    kind: Literal["emergency-disclosure"] = "emergency-disclosure"
    medical_person: str
    affiliation: Slug
    disclosed_by: str
    disclosed_at: Moment
    nature: EmergencyKind
    consent_unobtainable_because: UnobtainableBecause
    told: tuple[Field, ...]


# --- justice ---------------------------------------------------------------------------------------------------------


class Booking(Frozen):
    """A stay in custody. Times are aware. Absence from a roster is `not-seen`, never a release."""

    kind: Literal["booking"] = "booking"
    event: Annotated[BookingEvent, shows(Category.CUSTODY, Field.CUSTODY_STATUS)]
    booked_at: Annotated[Moment | None, shows(Category.CUSTODY, Field.BOOKING_TIME)] = None
    released_at: Annotated[Moment | None, shows(Category.CUSTODY, Field.RELEASE_TIME)] = None
    release_expected_at: Annotated[Moment | None, shows(Category.CUSTODY, Field.RELEASE_TIME)] = None
    facility: Annotated[str | None, shows(Category.CUSTODY, Field.FACILITY)] = None
    release_reason: Annotated[str | None, shows(Category.CHARGES, Field.CHARGES)] = None
    charges: Annotated[tuple[str, ...], shows(Category.CHARGES, Field.CHARGES)] = ()
    screening: Annotated[str | None, shows(Category.GENERAL_HEALTH, Field.MEDICAL_SCREENING)] = None


# --- the directory (about organizations, not about a person) ---------------------------------------------------------


class Organization(Frozen):
    """An organization as a feed describes it."""

    kind: Literal["organization"] = "organization"
    name: str
    victim_service_provider: bool = False


class Program(Frozen):
    """A program of an organization as a feed describes it. `organization` is the source's key of an Organization."""

    kind: Literal["program"] = "program"
    organization: str
    name: str
    common_name: str | None = None
    type: ProgramType
    opened_on: date | None = None
    closed_on: date | None = None


class StaffMember(Frozen):
    """Someone who enters data at a source; not therefore anyone's case manager."""

    kind: Literal["staff-member"] = "staff-member"
    name: str | None = None
    phone: str | None = None
    email: str | None = None


Body = Annotated[
    PersonFacts
    | Enrollment
    | Service
    | LivingSituation
    | CoordinatedEntry
    | StaffAssignment
    | SourceRow
    | Encounter
    | Medications
    | TreatmentEnrollment
    | ConsentOnFile
    | EmergencyDisclosure
    | Booking
    | Organization
    | Program
    | StaffMember,
    Bound(discriminator="kind"),
]


class CanonicalRecord(Frozen):
    """One thing a source says, in the shape all feeds share.

    feed         the adapter that read it
    key          its key within the source, stable over time: "Enrollment/764732"
    subject      the person it is about, as that source names them; None for the directory
    held_by      the source's key of the organization that holds it, where the source speaks for several; None: itself
    occurred_at  when it happened, as far as the sender says; aware
    updated_at   when the sender last changed it, as finely as that can be relied on; an older one never overwrites a
                 newer one; aware
    change       what became of it at the source
    provenance   what decides which laws protect it
    sensitivity  what it speaks of (HL7 DS4P), never which law applies
    reveals      the attributes of its body whose value gives something away, and what; they are decided as that
    place        where in the message it stood: "Client.csv line 12"
    as_sent      the sender's own row by its format's names, where the body says less; for that sender, and nobody else
    """

    feed: str
    key: str
    subject: Identifier | None = None
    held_by: str | None = None
    occurred_at: Moment | None = None
    updated_at: Moment | None = None
    change: Change = Change.UPSERT
    provenance: Provenance = Provenance()
    sensitivity: frozenset[Sensitivity] = frozenset()
    reveals: Reveals = Bound(default_factory=dict)
    place: str = ""
    as_sent: Mapping[str, str] = {}
    body: Body


class ForVictims(Frozen):
    """A feed's word that these programs serve victims of violence, or lie in a comparable database.

    Nothing of them enters the hub (34 U.S.C. 12291(b)(2)); what is there of them from before is told to nobody.
    """

    programs: tuple[str, ...]


class Snapshot(Frozen):
    """A feed's word that its message is complete for one kind: whatever it does not name was not seen at that time."""

    kind: str
    taken_at: datetime


class Origin(Frozen):
    """An export's word of where it comes from; told before any of its records.

    database  what names the sender's database, by the sender's words: {"SourceID": "XX-501"}
    agreed    whether the source's definition names that database, so that it may be another than before
    as_of     when the export was made
    complete  whether the export is to be complete, so that an `Extent` will say for what
    """

    database: Mapping[str, str]
    agreed: bool = False
    as_of: Moment | None = None
    complete: bool = False
