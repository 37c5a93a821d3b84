"""HUD's codes in the hub's words."""

from schemas.vocab import Funding, Sensitivity
from schemas.vocab.records import AssessedBy, ContactKind, LivingSetting, ProgramType, ReferralState, Sex

SEX = {"0": Sex.FEMALE, "1": Sex.MALE}

YES_NO = {"0": False, "1": True}

PROGRAM_TYPES = {
    "0": ProgramType.EMERGENCY_SHELTER,
    "1": ProgramType.NIGHTLY_SHELTER,
    "2": ProgramType.TRANSITIONAL_HOUSING,
    "3": ProgramType.PERMANENT_SUPPORTIVE_HOUSING,
    "4": ProgramType.STREET_OUTREACH,
    "6": ProgramType.SERVICES_ONLY,
    "7": ProgramType.OTHER,
    "8": ProgramType.SAFE_HAVEN,
    "9": ProgramType.PERMANENT_HOUSING,
    "10": ProgramType.PERMANENT_HOUSING,
    "11": ProgramType.DAY_SHELTER,
    "12": ProgramType.PREVENTION,
    "13": ProgramType.RAPID_REHOUSING,
    "14": ProgramType.COORDINATED_ENTRY,
}

_TEMPORARY = ("302", "312", "313", "314", "327", "329", "332", "335", "336")
_PERMANENT = ("410", "411", "421", "422", "423", "426", "435")
_SETTINGS = {
    "101": LivingSetting.EMERGENCY_SHELTER,
    "116": LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION,
    "118": LivingSetting.SAFE_HAVEN,
    "204": LivingSetting.PSYCHIATRIC_FACILITY,
    "205": LivingSetting.SUBSTANCE_USE_FACILITY,
    "206": LivingSetting.HOSPITAL,
    "207": LivingSetting.JAIL,
    "215": LivingSetting.OTHER_INSTITUTION,
    "225": LivingSetting.OTHER_INSTITUTION,
    "24": LivingSetting.DECEASED,
    **dict.fromkeys(_TEMPORARY, LivingSetting.TEMPORARY_HOUSING),
    **dict.fromkeys(_PERMANENT, LivingSetting.PERMANENT_HOUSING),
}


def setting(code: str) -> LivingSetting:
    """The setting of a living-situation code (list 3.12.1); `UNKNOWN` for one that names no place."""
    return _SETTINGS.get(code, LivingSetting.UNKNOWN)


SETTING_SENSITIVITY = {"204": frozenset({Sensitivity.PSY}), "205": frozenset({Sensitivity.SUD})}

# Payments and vouchers (151, 210, 300) are no contact with the person, so they are kept as rows.
CONTACTS = {
    "141": ContactKind.SERVICE,
    "142": ContactKind.SERVICE,
    "143": ContactKind.SERVICE,
    "144": ContactKind.SERVICE,
    "152": ContactKind.SERVICE,
    "161": ContactKind.REFERRAL,
    "200": ContactKind.BED_NIGHT,
}
SERVICES = {
    "141": "PATH service",
    "142": "youth service connection",
    "143": "HOPWA service",
    "144": "veteran family service",
    "152": "veteran family financial assistance",
    "161": "PATH referral",
    "200": "bed night",
}

# Event 2 is help given on the spot, not a referral.
REFERRALS = {
    "1": "prevention",
    "3": "crisis-needs-assessment",
    "4": "housing-needs-assessment",
    "5": "follow-up-case-management",
    "6": "street-outreach",
    "7": "housing-navigation",
    "8": "other-services",
    "9": "other-services",
    "10": "emergency-shelter",
    "11": "transitional-housing",
    "12": "joint-transitional-and-rapid-rehousing",
    "13": "rapid-rehousing",
    "14": "permanent-supportive-housing",
    "15": "other-permanent-housing",
    "16": "emergency-assistance",
    "17": "emergency-housing-voucher",
    "18": "housing-stability-voucher",
}
REFERRAL_STATES = {
    "": ReferralState.OPEN,
    "1": ReferralState.ACCEPTED,
    "2": ReferralState.CLIENT_REJECTED,
    "3": ReferralState.PROVIDER_REJECTED,
}

PRIORITIZED = {"1": True, "2": False}

ASSESSED_BY = {"1": AssessedBy.PHONE, "2": AssessedBy.VIRTUAL, "3": AssessedBy.IN_PERSON}

# HUD's list 2.06.1; 48 is the retired HOPWA funding of 2020, which older grants still name.
GRANTS = {
    **dict.fromkeys(("13", "14", "15", "16", "17", "18", "19", "48"), Funding.HOPWA),
    "21": Funding.PATH,
    **dict.fromkeys(("22", "23", "24", "25", "26"), Funding.RHY),
}
# Services that only a grantee of that program records (elements P1, P2, R14, W1 and W2).
GRANTED_SERVICES = {
    **dict.fromkeys(("141", "161"), Funding.PATH),
    "142": Funding.RHY,
    **dict.fromkeys(("143", "151"), Funding.HOPWA),
}

DISABILITY_SENSITIVITY = {
    "8": frozenset({Sensitivity.HIV}),
    "9": frozenset({Sensitivity.PSY}),
    "10": frozenset({Sensitivity.SUD}),
}
