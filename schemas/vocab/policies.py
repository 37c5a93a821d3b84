"""What organizations, communities and states have agreed or laid down."""

from schemas.vocab.word import Word


class AgreementKind(Word):
    """Agreement kind."""

    BUSINESS_ASSOCIATE = "business-associate", "Business associate agreement (45 CFR 164.504(e))."
    QUALIFIED_SERVICE_ORGANIZATION = (
        "qualified-service-organization",
        "Qualified service organization agreement (42 CFR 2.11).",
    )
    NETWORK_PARTICIPATION = "network-participation", "Participation in the exchange."
    HMIS_DATA_SHARING = "hmis-data-sharing", "HMIS participation or data-sharing agreement."
    BOOKING_DATA = "booking-data", "Memorandum on jail booking data."
    SERVICE_DATA = "service-data", "Memorandum with a service under no federal health-privacy law."
    PART2_AUDIT = "part2-audit", "Written audit agreement (42 CFR 2.53)."
    PART2_CONTRACTOR = "part2-contractor", "Contract binding a contractor to Part 2 (42 CFR 2.33(c))."


class AgreementTerm(Word):
    """Agreement term."""

    COPIES_KEPT_SAFE_AND_DESTROYED = (
        "copies-kept-safe-and-destroyed",
        "Copies are kept safe and destroyed (42 CFR 2.53(b)(1)).",
    )


class SharingBasis(Word):
    """Sharing basis."""

    INFERRED = "inferred", "Consent is inferred for what the privacy notice describes."
    WRITTEN = "written", "A written release is needed."


class LawEnforcementDoor(Word):
    """Law enforcement door."""

    COURT_PROCESS = "court-process", "Court order, warrant, judicial or grand-jury subpoena."
    SUPERVISORY_REQUEST = "supervisory-request", "Written request signed by a supervisor."
    ORAL_LOCATE = "oral-locate", "Oral request to identify or find someone."


class StateRule(Word):
    """State rule."""

    US_CA_LPS = (
        "us-ca-lps",
        "Cal. Welf. & Inst. Code 5328: treating professional, written authorization or court order.",
    )
    US_CA_HOMELESS_TEAM = (
        "us-ca-homeless-team",
        "Cal. Welf. & Inst. Code 18999.8: team members may share under protocol.",
    )
    US_NY_HIV = (
        "us-ny-hiv",
        "N.Y. Pub. Health Law art. 27-F: HIV information goes to others than providers on its own form only.",
    )


class ParentAccess(Word):
    """Parent access."""

    PERMITTED = "permitted", "State law lets the provider tell a parent."
    PROHIBITED = "prohibited", "State law forbids it."
    SILENT = "silent", "State law says nothing."


class StateMandate(Word):
    """State mandate."""

    CHILD_ABUSE = "child-abuse", "Report of suspected child abuse or neglect."
    ELDER_ABUSE = "elder-abuse", "Report of suspected abuse of an elder or dependent adult."
    GUNSHOT_WOUND = "gunshot-wound", "Report of gunshot wounds."
    OPIOID_REGISTRY = "opioid-registry", "Identified report of opioid patients to a registry."
