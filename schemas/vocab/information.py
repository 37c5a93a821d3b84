"""What a record holds and how its holder came by it."""

from schemas.vocab.word import Word


class Category(Word):
    """Category."""

    IDENTITY = "identity", "Who the person is."
    CONTACT = "contact", "How to reach the person."
    LOCATION = "location", "Where the person is or was."
    PRESENCE = "presence", "That the person is in a facility, and general condition."
    HOUSING = "housing", "Stays in homeless programs, living situation, housing needs."
    CASE_MANAGEMENT = "case-management", "Case manager, contacts, referrals, appointments."
    DISABILITY = "disability", "HMIS disabling-condition fields."
    DOMESTIC_VIOLENCE = "domestic-violence", "Domestic-violence status and history."
    GENERAL_HEALTH = "general-health", "Physical health care."
    MEDICATIONS = "medications", "Medications and doses."
    MENTAL_HEALTH = "mental-health", "Mental health care."
    SUBSTANCE_USE = "substance-use", "Substance use disorder care."
    HIV = "hiv", "HIV status and care."
    PSYCHOTHERAPY_NOTES = "psychotherapy-notes", "Content of separated psychotherapy notes."
    SUD_COUNSELING_NOTES = "sud-counseling-notes", "Content of separated substance use counseling notes."
    CONFIDENTIAL_COMMUNICATIONS = (
        "confidential-communications",
        "What a patient told a Part 2 program in treatment (42 CFR 2.63).",
    )
    ATTENDANCE = "attendance", "Enrollment, attendance and completion of treatment."
    TOXICOLOGY = "toxicology", "Drug screens and specimens."
    BILLING = "billing", "Claims."
    CUSTODY = "custody", "Custody status, facility and times."
    CHARGES = "charges", "Charges and booking photograph."
    CRIMINAL_HISTORY = "criminal-history", "Criminal history and warrants."
    INCIDENT = "incident", "Circumstances of a crime."
    MANDATED_REPORT = "mandated-report", "What was written for a report the law demands."
    THREAT = "threat", "Facts of a threat."
    CRISIS_CALL = "crisis-call", "What a caller said, or a dispatcher wrote."


class Field(Word):
    """Field."""

    NAME = "name", "Name."
    DATE_OF_BIRTH = "date-of-birth", "Date of birth."
    PLACE_OF_BIRTH = "place-of-birth", "Place of birth."
    SOCIAL_SECURITY_NUMBER = "social-security-number", "Social security number."
    ADDRESS = "address", "Home address."
    PHYSICAL_DESCRIPTION = "physical-description", "Distinguishing physical characteristics."
    HASHED_IDENTIFIER = "hashed-identifier", "Digest of name and birth date."
    SAFE_CONTACT_METHOD = "safe-contact-method", "A way of contact the person calls safe."
    CALLER_PHONE = "caller-phone", "Caller's number."
    CURRENT_LOCATION = "current-location", "Where the person is now."
    LAST_KNOWN_WHEREABOUTS = "last-known-whereabouts", "Last known whereabouts."
    BED = "bed", "Bed or unit."
    PRESENCE = "presence", "Is here."
    GENERAL_CONDITION = "general-condition", "Condition in general terms."
    ACTIVE_ENROLLMENT = "active-enrollment", "Open enrollment in a homeless program."
    LIVING_SITUATION = "living-situation", "Current living situation, coarse."
    MOVE_IN_DATE = "move-in-date", "Housing move-in date."
    DATE_OF_STAY = "date-of-stay", "One date of stay."
    SERVICES_RECEIVED = "services-received", "Services received."
    MOBILITY_NEEDS = "mobility-needs", "Mobility needs."
    MEDICATION_STORAGE = "medication-storage", "How medication must be stored."
    RETURN_NEEDS = "return-needs", "Needs for a safe return."
    CASE_MANAGER = "case-manager", "Name and phone of the case manager."
    LAST_CONTACT = "last-contact", "Date of last contact."
    REFERRAL_STATUS = "referral-status", "Referral status."
    APPOINTMENTS = "appointments", "Appointments."
    FOLLOW_UP_APPOINTMENT = "follow-up-appointment", "Follow-up appointment."
    SAFETY_PLAN_CONTACT = "safety-plan-contact", "Contact named in the safety plan."
    DISABLING_CONDITION = "disabling-condition", "Disabling condition."
    DOMESTIC_VIOLENCE_STATUS = "domestic-violence-status", "Survivor of domestic violence, yes or no."
    DIAGNOSIS = "diagnosis", "Diagnosis."
    LAB_RESULTS = "lab-results", "Laboratory results."
    ALLERGIES = "allergies", "Allergies."
    VISIT_NOTE = "visit-note", "Note of the visit asked about."
    OTHER_NOTES = "other-notes", "Other notes."
    TREATMENT_TIME = "treatment-time", "Date and time of treatment."
    RELEVANT_EPISODE = "relevant-episode", "The episode under review."
    OVERDOSE = "overdose", "Overdose."
    CURRENT_MEDICATIONS = "current-medications", "Medication list."
    LAST_DOSE = "last-dose", "Last dose and time."
    DOSING_TIMES = "dosing-times", "Dosing times."
    MEDICATION_SAFETY_NEEDS = "medication-safety-needs", "What others must know to keep the person safe on medication."
    MENTAL_HEALTH_DIAGNOSIS = "mental-health-diagnosis", "Mental health diagnosis."
    TREATMENT_PLAN = "treatment-plan", "Treatment plan."
    PROGRESS_NOTE = "progress-note", "Progress note."
    SAFETY_PLAN = "safety-plan", "Safety plan."
    SUICIDE_RISK = "suicide-risk", "Suicide risk."
    SAFETY_PRECAUTIONS = "safety-precautions", "Precautions to take."
    SEIZURE_PRECAUTIONS = "seizure-precautions", "Seizure precautions."
    RISK_ASSESSMENT = "risk-assessment", "Risk assessment."
    TRIGGERS = "triggers", "Triggers."
    DISCHARGE_SUMMARY = "discharge-summary", "Discharge summary."
    EVALUATION_REPORT = "evaluation-report", "Evaluation report."
    DISPOSITION = "disposition", "How the encounter ended."
    CRISIS_NOTE = "crisis-note", "Crisis note."
    SUBSTANCE_USE_DIAGNOSIS = "substance-use-diagnosis", "Substance use disorder diagnosis."
    SUBSTANCE_USE_TREATMENT = "substance-use-treatment", "Substance use treatment record."
    ADMISSION = "admission", "Admission."
    RECOVERY_PLAN = "recovery-plan", "Recovery plan."
    TREATMENT_REFERRAL = "treatment-referral", "Referral to treatment."
    PATIENT_STATUS = "patient-status", "Is a patient of the program."
    HIV_STATUS = "hiv-status", "HIV status."
    SESSION_NOTES = "session-notes", "Notes of sessions."
    COUNSELING_CONTENT = "counseling-content", "What was said in counseling."
    ENROLLMENT_STATUS = "enrollment-status", "Enrolled in treatment, yes or no."
    ATTENDANCE = "attendance", "Attendance dates."
    COMPLETION_DATE = "completion-date", "Completion date."
    PROGRESS = "progress", "Progress in treatment."
    DRUG_SCREENS = "drug-screens", "Drug screens."
    SPECIMEN_ORDER = "specimen-order", "Specimen order."
    CLAIM = "claim", "Claim."
    CUSTODY_STATUS = "custody-status", "In custody, yes or no."
    FACILITY = "facility", "Facility."
    BOOKING_TIME = "booking-time", "Booking time."
    RELEASE_TIME = "release-time", "Release time."
    CHARGES = "charges", "Charges."
    PHOTOGRAPH = "photograph", "Photograph."
    MEDICAL_SCREENING = "medical-screening", "Booking medical screening."
    WARRANT = "warrant", "Warrant or database hit."
    INCIDENT_CIRCUMSTANCES = "incident-circumstances", "Circumstances of the incident."
    REPORT_FACTS = "report-facts", "Facts of the report."
    THREAT_FACTS = "threat-facts", "Facts of the threat."
    IMMEDIATE_RISK = "immediate-risk", "Immediate risk."
    CALL_NOTE = "call-note", "Note of a call."
    CALL_TYPE = "call-type", "Type of call."
    NARRATIVE = "narrative", "Dispatcher's narrative."
    COUNTS = "counts", "Counts."


class Form(Word):
    """Form."""

    IDENTIFIABLE = "identifiable", "Identifies the person, or could."
    HASHED = "hashed", "Identifiers encoded, encrypted or hashed; still about one person."
    LIMITED_DATA_SET = "limited-data-set", "Limited data set (45 CFR 164.514(e))."
    DE_IDENTIFIED = "de-identified", "De-identified under 45 CFR 164.514(b)."
    AGGREGATE = "aggregate", "Counts only, no person."


class SeparatedNotes(Word):
    """Separated notes."""

    PSYCHOTHERAPY = "psychotherapy", "Psychotherapy notes kept apart from the record (45 CFR 164.501)."
    SUD_COUNSELING = (
        "sud-counseling",
        "Substance use disorder counseling notes kept apart from the record (42 CFR 2.11).",
    )


class Seal(Word):
    """Seal."""

    SEALED = "sealed", "Sealed by a court."
    EXPUNGED = "expunged", "Expunged."


class Justice(Word):
    """Justice."""

    BOOKING = "booking", "Jail booking and release record."
    NATIONAL_DATABASE = "national-database", "Taken from NCIC, III, N-DEx or a warrant system."


class Funding(Word):
    """Funding."""

    HOPWA = "HOPWA", "Housing Opportunities for Persons With AIDS."
    RHY = "RHY", "Runaway and Homeless Youth."
    PATH = "PATH", "Projects for Assistance in Transition from Homelessness: mental illness."


class ObtainedUnder(Word):
    """Obtained under."""

    TPO_CONSENT = "tpo-consent", "Consent for treatment, payment and operations."
    NAMED_CONSENT = (
        "named-consent",
        "Consent for another purpose, or to a recipient that is neither covered entity nor program.",
    )
    PAYMENT_CONSENT = (
        "payment-consent",
        "Consent for payment or operations, to a lawful holder that is not a covered entity.",
    )
    CRIMINAL_JUSTICE_CONSENT = "criminal-justice-consent", "Consent under 42 CFR 2.35."
    RESEARCH = "research", "42 CFR 2.52."
    AUDIT = "audit", "42 CFR 2.53."
