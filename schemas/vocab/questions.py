"""What is asked, by whom, about whom."""

from schemas.vocab.word import Word


class Channel(Word):
    """Channel."""

    QUERY = "query", "The recipient asks about a person."
    PUSH = "push", "The source sends to the recipient; what is withheld is told to the source."
    SUBSCRIPTION = "subscription", "The recipient asks to be told of future events."
    EXPORT = "export", "A set of records is copied out."


class Purpose(Word):
    """Why information is wanted: HL7 v3-ActReason codes in upper case, local ones in lower case."""

    TREAT = "TREAT", "Treatment. Covers COC and ETREAT."
    COC = "COC", "Coordination of care, also with a party that is not a provider."
    ETREAT = "ETREAT", "Emergency treatment."
    HPAYMT = "HPAYMT", "Payment for health care."
    HOPERAT = "HOPERAT", "Health care operations. In these cases it covers HQUALIMP, and neither HLEGAL nor HDIRECT."
    HQUALIMP = "HQUALIMP", "Quality assessment and improvement, a part of operations."
    HDIRECT = "HDIRECT", "Facility directory: is the person here, and how are they."
    HLEGAL = "HLEGAL", "Use in a civil, criminal, administrative or legislative proceeding."
    HRESCH = "HRESCH", "Research."
    PUBHLTH = "PUBHLTH", "Public health."
    THREAT = "THREAT", "Preventing a serious and imminent threat."
    PATRQT = "PATRQT", "At the request of the person: own access, or in a consent 'at the request of the patient'."
    FAMRQT = "FAMRQT", "A parent, relative or friend asks."
    CUSTODY_CARE = "custody-care", "Health care of a person in lawful custody, arranged by custody staff."
    CUSTODY_SAFETY = "custody-safety", "Safety, security and good order in custody or transport."
    SUPERVISION = "supervision", "Supervising probation, parole, pretrial release or a treatment-court condition."
    LAW_ENFORCEMENT = "law-enforcement", "Investigating or prosecuting an offence, or general police work."
    LOCATE_PERSON = "locate-person", "Identifying or finding a suspect, fugitive, material witness or missing person."
    CRIME_REPORT = "crime-report", "Telling police of a crime on the premises or against personnel of the source."
    CHILD_PROTECTION = "child-protection", "Reporting or investigating child abuse or neglect."
    ADULT_PROTECTION = "adult-protection", "Reporting or investigating abuse of an elder or dependent adult."
    MANDATED_REPORT = "mandated-report", "Any other report that state law demands."
    HOUSING_ELIGIBILITY = "housing-eligibility", "Deciding on housing or other social benefits."
    TENANT_SCREENING = "tenant-screening", "A landlord deciding whom to rent to."
    EMPLOYMENT = "employment", "Hiring, or a reference for a job."
    AUDIT_EVALUATION = "audit-evaluation", "Audit or evaluation of the source."
    PUBLIC_REPORTING = "public-reporting", "Reports and dashboards without identities."
    OWN_ANALYTICS = "own-analytics", "The recipient's own product or business analytics."


class Capacity(Word):
    """Capacity."""

    COVERED_ENTITY = "covered-entity", "HIPAA covered entity (45 CFR 160.103)."
    HEALTH_CARE_PROVIDER = "health-care-provider", "Furnishes, bills or is paid for health care, covered entity or not."
    CRISIS_PROVIDER = "crisis-provider", "Mobile crisis, stabilization or crisis clinic."
    CRISIS_CALL_CENTER = "crisis-call-center", "988 centre."
    PART2_PROGRAM = "part2-program", "Federally assisted substance use disorder program (42 CFR 2.11, 2.12(b))."
    HOLDS_OUT_SUD_SERVICES = (
        "holds-out-sud-services",
        "Holds itself out for substance use care; with federally-assisted it is a program.",
    )
    FEDERALLY_ASSISTED = "federally-assisted", "Receives federal assistance of any kind (42 CFR 2.12(b))."
    SUD_ONLY_FACILITY = "sud-only-facility", "Publicly known as a place for substance use disorder care only."
    HEALTH_PLAN = "health-plan", "Health plan or insurer."
    THIRD_PARTY_PAYER = "third-party-payer", "Pays for care under another arrangement, e.g. a county payment office."
    SERVICE_ORGANIZATION = "service-organization", "Laboratory, billing or data service working for others."
    HOMELESS_SERVICES = "homeless-services", "Shelter, outreach or housing program."
    HMIS_PARTICIPANT = "hmis-participant", "Contributes to a Homeless Management Information System."
    HMIS_LEAD = "hmis-lead", "The shared HMIS itself: what enters is seen by all participants."
    VICTIM_SERVICE_PROVIDER = (
        "victim-service-provider",
        "Domestic-violence or other victim service (VAWA, FVPSA, VOCA).",
    )
    PEER_SUPPORT = "peer-support", "Peer-run respite, warmline or recovery community centre."
    SOCIAL_SERVICES_AGENCY = "social-services-agency", "County or other public social services."
    HOUSING_AUTHORITY = "housing-authority", "Public housing authority."
    LANDLORD = "landlord", "Landlord or property manager."
    CORRECTIONAL_INSTITUTION = "correctional-institution", "Jail or prison: custody side."
    CORRECTIONAL_HEALTH = "correctional-health", "Health unit inside a jail or prison."
    LAW_ENFORCEMENT = "law-enforcement", "Police, sheriff or other law enforcement."
    COMMUNITY_SUPERVISION = "community-supervision", "Probation, parole or pretrial services."
    PROSECUTOR = "prosecutor", "Prosecutor."
    COURT = "court", "Court or treatment-court team."
    PARTY_COUNSEL = "party-counsel", "Lawyer or party in a proceeding."
    PUBLIC_SAFETY_ANSWERING_POINT = "public-safety-answering-point", "911 call-taking and dispatch."
    MUNICIPAL_INFORMATION_LINE = "municipal-information-line", "311 or other city information line."
    PUBLIC_HEALTH_AUTHORITY = "public-health-authority", "Public health department."
    CHILD_PROTECTION_AGENCY = "child-protection-agency", "Child protection agency."
    ADULT_PROTECTION_AGENCY = "adult-protection-agency", "Adult protection agency."
    RESEARCHER = "researcher", "Research body."
    AUDITOR = "auditor", "Auditor or evaluator for a funder, payer or regulator."
    VETERANS_AFFAIRS = "veterans-affairs", "Department of Veterans Affairs facility (38 U.S.C. 7332)."
    CALIFORNIA_LPS_FACILITY = (
        "california-lps-facility",
        "Mental health facility under California's Lanterman-Petris-Short Act.",
    )
    HUB = "hub", "The exchange itself."
    PUBLIC = "public", "Anyone."
    INDIVIDUAL = "individual", "A private person."


class Role(Word):
    """Role."""

    CLINICIAN = "clinician", "Licensed clinician; medical personnel."
    PHYSICIAN = "physician", "Physician; medical personnel."
    NURSE = "nurse", "Nurse; medical personnel."
    PARAMEDIC = "paramedic", "Paramedic or emergency medical technician; medical personnel."
    PEER_SPECIALIST = "peer-specialist", "Peer specialist."
    CASE_MANAGER = "case-manager", "Case manager, outreach or intake worker."
    REENTRY_PLANNER = "reentry-planner", "Plans release from custody."
    ADMINISTRATOR = "administrator", "Quality, claims, eligibility, records or other office staff."
    DATA_ANALYST = "data-analyst", "Works with sets of data."
    INTERFACE = "interface", "A system acting for its organization."
    CUSTODY_OFFICER = "custody-officer", "Jail, prison or transport officer."
    POLICE_OFFICER = "police-officer", "Police officer, detective or sheriff's deputy."
    PROBATION_OFFICER = "probation-officer", "Probation, parole or treatment-court officer."
    LAWYER = "lawyer", "Prosecutor or counsel."
    COURT_CLERK = "court-clerk", "Court clerk."
    CALL_TAKER = "call-taker", "911 or 311 call-taker."
    PROTECTION_WORKER = "protection-worker", "Child or adult protection worker."
    RESEARCHER = "researcher", "Researcher."
    AUDITOR = "auditor", "Auditor."
    PRIVATE_PERSON = "private-person", "Nobody's employee: the person, a parent, a relative, the public."


class Relationship(Word):
    """Relationship."""

    TREATING = "treating", "Is treating the person now."
    FORMERLY_TREATING = "formerly-treating", "Treated the person before."
    HEALTH_PLAN = "health-plan", "Insures or pays for the person."
    SELF = "self", "Is the person."
    PARENT = "parent", "Parent of the person."
    FAMILY_OR_FRIEND = "family-or-friend", "Relative, friend or other person involved in their care."
    NONE = "none", "None of these."


class Team(Word):
    """Team."""

    CALIFORNIA_HOMELESS_TEAM = (
        "california-homeless-team",
        "Homeless adult and family multidisciplinary team (Cal. Welf. & Inst. Code 18999.8).",
    )


class Match(Word):
    """Match."""

    UNIQUE = "unique", "One person, with high confidence."
    AMBIGUOUS = "ambiguous", "Several candidates, or low confidence."
    NONE = "none", "Nobody found; there are no records."
    POPULATION = "population", "The request is about no single person."


class DecisionCapacity(Word):
    """Decision capacity."""

    CAPABLE = "capable", "Can decide now."
    INCAPABLE = "incapable", "Cannot decide now; no court has said so."
    ADJUDICATED_INCAPABLE = "adjudicated-incapable", "A court has found the person incapable."


class OpportunityToObject(Word):
    """Opportunity to object."""

    AGREED = "agreed", "Was asked and agreed."
    DID_NOT_OBJECT = "did-not-object", "Was given the chance and did not object."
    OBJECTED = "objected", "Objected."
    NOT_ASKED = "not-asked", "Was not asked."
