"""What feeds speak of: programs, contacts, living situations, encounters, bookings."""

from schemas.vocab.word import Word


class Change(Word):
    """What became of a record at its source."""

    UPSERT = "upsert", "It is so now."
    DELETE = "delete", "The source took it back."


class Sex(Word):
    """Sex as recorded; HMIS 4.21, FHIR administrative gender, HL7 table 0001."""

    FEMALE = "female", "Female."
    MALE = "male", "Male."
    OTHER = "other", "Another answer than female or male."


class ProgramType(Word):
    """Kind of program; the homeless-services ones follow HMIS project types."""

    EMERGENCY_SHELTER = "emergency-shelter", "Emergency shelter, entry and exit (HMIS 0)."
    NIGHTLY_SHELTER = "nightly-shelter", "Emergency shelter, night by night (HMIS 1)."
    TRANSITIONAL_HOUSING = "transitional-housing", "Transitional housing (HMIS 2)."
    PERMANENT_SUPPORTIVE_HOUSING = "permanent-supportive-housing", "Permanent supportive housing (HMIS 3)."
    STREET_OUTREACH = "street-outreach", "Street outreach (HMIS 4)."
    SERVICES_ONLY = "services-only", "Services only (HMIS 6)."
    OTHER = "other", "Another kind (HMIS 7)."
    SAFE_HAVEN = "safe-haven", "Safe haven (HMIS 8)."
    PERMANENT_HOUSING = "permanent-housing", "Permanent housing (HMIS 9, 10)."
    DAY_SHELTER = "day-shelter", "Day shelter (HMIS 11)."
    PREVENTION = "prevention", "Homelessness prevention (HMIS 12)."
    RAPID_REHOUSING = "rapid-rehousing", "Rapid rehousing (HMIS 13)."
    COORDINATED_ENTRY = "coordinated-entry", "Coordinated entry (HMIS 14)."
    PEER_RESPITE = "peer-respite", "Peer-run respite."
    WARMLINE = "warmline", "Peer-run warmline."
    CRISIS_TEAM = "crisis-team", "Mobile crisis team."
    CLINIC = "clinic", "Health clinic."
    SUBSTANCE_USE_TREATMENT = "substance-use-treatment", "Substance use disorder treatment."
    REENTRY = "reentry", "Jail re-entry."


class ContactKind(Word):
    """What kind of contact a service was."""

    BED_NIGHT = "bed-night", "A night in a shelter bed (RecordType 200)."
    SERVICE = "service", "A service (RecordType 141, 142, 143, 144, 152)."
    REFERRAL = "referral", "A referral (RecordType 161)."


class LivingSetting(Word):
    """Where a person lives or sleeps, coarse enough to say; HMIS list 3.12.1 by group."""

    PLACE_NOT_MEANT_FOR_HABITATION = "place not meant for habitation", "Street, car, camp (116)."
    EMERGENCY_SHELTER = "emergency shelter", "Shelter or shelter-funded hotel (101)."
    SAFE_HAVEN = "safe haven", "Safe haven (118)."
    HOSPITAL = "hospital", "Hospital or other medical facility (206)."
    PSYCHIATRIC_FACILITY = "psychiatric facility", "Psychiatric hospital or facility (204)."
    SUBSTANCE_USE_FACILITY = "substance use facility", "Substance use treatment facility or detox (205)."
    JAIL = "jail", "Jail, prison or juvenile detention (207)."
    OTHER_INSTITUTION = "other institution", "Foster care or nursing home (215, 225)."
    TEMPORARY_HOUSING = "temporary housing", "With family or friends, hotel, transitional housing (3xx)."
    PERMANENT_HOUSING = "permanent housing", "Rented, owned or supported housing (4xx)."
    UNKNOWN = "unknown", "Could not be determined, was not asked or not told (8, 9, 17, 30, 37, 99)."
    DECEASED = "deceased", "The person has died (24)."


class ReferralState(Word):
    """How a coordinated-entry referral stands."""

    OPEN = "open", "No result yet."
    ACCEPTED = "accepted", "Client accepted (1)."
    CLIENT_REJECTED = "client-rejected", "Client rejected (2)."
    PROVIDER_REJECTED = "provider-rejected", "Provider rejected (3)."


class AssessedBy(Word):
    """How the person was spoken with for an assessment."""

    PHONE = "phone", "By telephone (1)."
    VIRTUAL = "virtual", "By video (2)."
    IN_PERSON = "in-person", "Face to face (3)."


class EncounterClass(Word):
    """Class of an encounter; HL7 v3-ActEncounterCode and table 0004."""

    EMERGENCY = "emergency", "Emergency department (EMER; E)."
    INPATIENT = "inpatient", "Inpatient (IMP, ACUTE, NONAC; I)."
    OUTPATIENT = "outpatient", "Outpatient or ambulatory (AMB; O)."
    OBSERVATION = "observation", "Observation, short stay (OBSENC, SS; B)."
    HOME = "home", "In the home or field (HH, FLD)."
    VIRTUAL = "virtual", "By phone or video (VR)."
    PREADMISSION = "preadmission", "Before admission (PRENC; P)."
    OTHER = "other", "Another or unknown class (N, R, C, U)."


class BookingEvent(Word):
    """What a jail feed says happened, or what its silence allows."""

    BOOKED = "booked", "In custody."
    RELEASE_SCHEDULED = "release-scheduled", "In custody, with a release date to come."
    RELEASED = "released", "Released, by the feed's own word."
    TEMPORARY_RELEASE = "temporary-release", "Out for a time (weekender, furlough); not a release."
    TRANSFERRED = "transferred", "Moved to another custodian; not a release."
    NOT_SEEN = "not-seen", "Missing from the roster; not a release."
    SEALED = "sealed", "Sealed or expunged."
