"""What papers, orders and circumstances say."""

from schemas.vocab.word import Word


class ConsentKind(Word):
    """Consent kind."""

    PART2_TPO_CONSENT = (
        "part2-tpo-consent",
        "Single consent for all future treatment, payment and operations (42 CFR 2.31, 2.33(a)(2)).",
    )
    PART2_CONSENT = "part2-consent", "Other written Part 2 consent (42 CFR 2.31, 2.33(a)(1))."
    PART2_COUNSELING_NOTES_CONSENT = "part2-counseling-notes-consent", "Consent for counseling notes (42 CFR 2.31(b))."
    PART2_PROCEEDINGS_CONSENT = "part2-proceedings-consent", "Consent for use in a proceeding (42 CFR 2.31(d))."
    PART2_CRIMINAL_JUSTICE_CONSENT = (
        "part2-criminal-justice-consent",
        "Consent of a person whose release depends on treatment (42 CFR 2.35).",
    )
    HIPAA_AUTHORIZATION = "hipaa-authorization", "HIPAA authorization (45 CFR 164.508)."
    HMIS_RELEASE = "hmis-release", "HMIS release of information."
    VICTIM_SERVICE_RELEASE = "victim-service-release", "Release by a survivor (34 U.S.C. 12291(b)(2)(B)(ii))."
    VETERANS_CONSENT = "veterans-consent", "Consent under 38 U.S.C. 7332."
    CALLER_PERMISSION = "caller-permission", "Permission given to a service that promised confidentiality."


class RecipientClass(Word):
    """Recipient class."""

    TREATING_PROVIDERS = (
        "treating-providers",
        "My treating providers: a health care provider with a treating relationship.",
    )
    HEALTH_CARE_PROVIDERS = (
        "health-care-providers",
        "My health care providers: a health care provider with a treating relationship.",
    )
    HEALTH_PLANS = "health-plans", "Health plans."
    THIRD_PARTY_PAYERS = "third-party-payers", "Third-party payers."
    PROGRAM_HELPERS = "program-helpers", "People helping to operate the program: those under an agreement with it."
    CRISIS_PROVIDERS = "crisis-providers", "Crisis providers."
    HOMELESS_SERVICES = "homeless-services", "Homeless services agencies."
    SOCIAL_SERVICES_PROVIDERS = (
        "social-services-providers",
        "Social services: homeless services, housing authority, social services agency, peer support.",
    )
    CASE_PARTICIPANTS = "case-participants", "Parties and court in the named case."
    ALL_PARTICIPANTS = "all-participants", "All participants of an intermediary, without a limit to treating ones."


class Statement(Word):
    """Statement."""

    RIGHT_TO_REVOKE = (
        "right-to-revoke",
        "May revoke in writing, the exceptions, and how (42 CFR 2.31(a)(6); 45 CFR 164.508(c)(2)(i)).",
    )
    HIPAA_REDISCLOSURE = (
        "hipaa-redisclosure",
        "A covered entity may redisclose under HIPAA, proceedings excepted (42 CFR 2.31(a)(4)(iii)).",
    )
    REDISCLOSURE_RISK = (
        "redisclosure-risk",
        "May be redisclosed and lose protection (42 CFR 2.31(a)(10)(i); 45 CFR 164.508(c)(2)(iii)).",
    )
    CONSEQUENCES_OF_REFUSAL = "consequences-of-refusal", "What follows from not signing (42 CFR 2.31(a)(10)(ii))."
    CONDITIONING = "conditioning", "Whether treatment or benefits depend on signing (45 CFR 164.508(c)(2)(ii))."
    DURATION = "duration", "How long a criminal-justice consent stays in effect (42 CFR 2.35(b))."
    INFORMED = "informed", "A survivor was told what is shared, why, with whom and at what risk."


class Signer(Word):
    """Signer."""

    SUBJECT = "subject", "The person, also as a minor, client or survivor."
    PARENT = "parent", "Parent."
    GUARDIAN = "guardian", "Court-appointed guardian."
    PERSONAL_REPRESENTATIVE = "personal-representative", "Personal representative or executor."
    SPOUSE = "spouse", "Spouse."
    PROGRAM_DIRECTOR = "program-director", "Director of the Part 2 program."


class SignatureMethod(Word):
    """Signature method."""

    INK = "ink", "On paper."
    ELECTRONIC = "electronic", "Electronic signature."
    ORAL = "oral", "Said, not written."


class Event(Word):
    """Event."""

    END_OF_TREATMENT = "end-of-treatment", "End of the treatment."
    END_OF_CASE = "end-of-case", "End of the named case."
    FINAL_DISPOSITION = "final-disposition", "Final disposition of the named case."
    SHELTER_EXIT = "shelter-exit", "Leaving the shelter."


class ExpressCover(Word):
    """Express cover."""

    HOPWA = "HOPWA", "Housing for persons with AIDS."
    RHY = "RHY", "Runaway and homeless youth program."
    DOMESTIC_VIOLENCE = "domestic-violence", "Domestic-violence fields."
    HIV = "hiv", "HIV information."


class StateForm(Word):
    """State form."""

    US_CA_5328 = "us-ca-5328", "Written authorization under Cal. Welf. & Inst. Code 5328."
    US_NY_HIV_RELEASE = "us-ny-hiv-release", "New York HIV release form (N.Y. Pub. Health Law art. 27-F)."


class RevocationForm(Word):
    """Revocation form."""

    WRITTEN = "written", "In writing."
    ORAL = "oral", "By word of mouth."


class ProcessKind(Word):
    """Process kind."""

    SUBPOENA = "subpoena", "Subpoena signed by a clerk or lawyer."
    GRAND_JURY_SUBPOENA = "grand-jury-subpoena", "Grand-jury subpoena."
    SEARCH_WARRANT = "search-warrant", "Warrant signed by a judge."
    COURT_ORDER = "court-order", "Ordinary court order."
    PART2_ORDER = "part2-order", "Order under 42 CFR part 2, subpart E."
    SUPERVISORY_REQUEST = (
        "supervisory-request",
        "Written law-enforcement request to an HMIS participant, signed by a supervisor.",
    )
    ORAL_REQUEST = "oral-request", "Oral law-enforcement request to identify or find someone."


class OrderSection(Word):
    """Order section."""

    SECTION_2_64 = "2.64", "Non-criminal purposes."
    SECTION_2_65 = "2.65", "Criminal investigation or prosecution of a patient."


class OrderFinding(Word):
    """Order finding."""

    NO_OTHER_EFFECTIVE_WAY = "no-other-effective-way", "Not available otherwise, or not effectively."
    PUBLIC_INTEREST_OUTWEIGHS = "public-interest-outweighs", "Public interest outweighs the injury to the patient."
    EXTREMELY_SERIOUS_CRIME = "extremely-serious-crime", "Extremely serious crime (2.65(d)(1))."
    SUBSTANTIAL_VALUE = "substantial-value", "Reasonable likelihood of substantial value (2.65(d)(2))."
    HOLDER_HAD_COUNSEL = "holder-had-counsel", "The holder could be heard, with independent counsel (2.65(d)(5))."
    NOTICE_AND_HEARING = "notice-and-hearing", "Patient and holder had notice and could respond (2.64(b))."


class CommunicationsGround(Word):
    """Communications ground."""

    THREAT_TO_LIFE = "threat-to-life", "Existing threat to life or of serious injury (2.63(a)(1))."
    SERIOUS_CRIME = "serious-crime", "Extremely serious crime (2.63(a)(2))."
    PATIENT_OPENED_DOOR = "patient-opened-door", "The patient offered evidence about it (2.63(a)(3))."


class Assurance(Word):
    """Assurance."""

    NOTICE_TO_SUBJECT = "notice-to-subject", "The person was given notice (45 CFR 164.512(e)(1)(ii)(A))."
    PROTECTIVE_ORDER = "protective-order", "A qualified protective order was sought (45 CFR 164.512(e)(1)(ii)(B))."


class MandateKind(Word):
    """Mandate kind."""

    SUBPOENA = "subpoena", "Subpoena or similar mandate."
    GRAND_JURY_SUBPOENA = "grand-jury-subpoena", "Grand-jury subpoena."


class RequestElement(Word):
    """Request element."""

    SIGNED_BY_SUPERVISOR = "signed-by-supervisor", "Signed by a supervisory official."
    RELEVANT_AND_MATERIAL = (
        "relevant-and-material",
        "Says the information is relevant and material to a legitimate investigation.",
    )
    IDENTIFIES_INFORMATION = "identifies-information", "Says what is sought."
    SPECIFIC_AND_LIMITED = "specific-and-limited", "Specific and limited in scope."
    DEIDENTIFIED_NOT_USABLE = "deidentified-not-usable", "Says de-identified information would not do."


class ProceedingKind(Word):
    """Proceeding kind."""

    CIVIL = "civil", "Civil."
    CRIMINAL = "criminal", "Criminal."
    ADMINISTRATIVE = "administrative", "Administrative."
    LEGISLATIVE = "legislative", "Legislative."


class EmergencyKind(Word):
    """Emergency kind."""

    MEDICAL = "medical", "Medical emergency."
    PSYCHIATRIC = "psychiatric", "Psychiatric crisis without a known bodily emergency."
    DECLARED_DISASTER = "declared-disaster", "Program closed by a declared disaster (42 CFR 2.51(a)(2))."


class UnobtainableBecause(Word):
    """Unobtainable because."""

    UNCONSCIOUS = "unconscious", "Unconscious."
    SEIZING = "seizing", "Seizing."
    DISSOCIATED = "dissociated", "Dissociated, cannot engage."
    PROGRAM_CLOSED = "program-closed", "The program that holds the consent is closed."
    REFUSED = "refused", "The person refused."


class CustodyNeed(Word):
    """Custody need."""

    HEALTH_CARE = "health-care", "Provision of health care to the individual (k)(5)(i)(A)."
    HEALTH_AND_SAFETY = "health-and-safety", "Health and safety of the individual or other inmates (k)(5)(i)(B)."
    SAFETY_OF_STAFF = "safety-of-staff", "Health and safety of officers and employees (k)(5)(i)(C)."
    TRANSPORT = "transport", "Health and safety of those transporting (k)(5)(i)(D)."
    SECURITY_AND_ORDER = "security-and-order", "Safety, security and good order (k)(5)(i)(F)."


class ResearchDocument(Word):
    """Research document."""

    PRIVACY_BOARD_WAIVER = (
        "privacy-board-waiver",
        "Waiver by an institutional review or privacy board (45 CFR 164.512(i)).",
    )
    HUMAN_SUBJECTS_COMPLIANCE = "human-subjects-compliance", "Human-subjects rules are met (42 CFR 2.52)."


class Place(Word):
    """Place."""

    PROGRAM_PREMISES = "program-premises", "On the source's premises."
    ELSEWHERE = "elsewhere", "Elsewhere."
