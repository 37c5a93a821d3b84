"""How a warm handoff goes."""

from schemas.vocab.word import Word


class HandoffState(Word):
    """Where a handoff stands."""

    OFFERED = "offered", "Need, place and urgency are shown to the receiver; no identity."
    ACCEPTED = "accepted", "The receiver named its person; identity is shown as far as consent lets it."
    RECEIVED = "received", "The receiver has the person; only now it is accountable."
    DECLINED = "declined", "The receiver said no; the sender still holds."
    WITHDRAWN = "withdrawn", "The sender or the person called it off; the sender still holds."


class Mode(Word):
    """How the two providers meet."""

    IN_PERSON = "in-person", "Both are there in person."
    LIVE = "live", "A three-way call or video; counted apart from warm."
    DOCUMENT = "document", "A document was sent; cold."


class Side(Word):
    """Whose part."""

    SENDER = "sender", "Hands over."
    RECEIVER = "receiver", "Takes over."


class DeclineReason(Word):
    """Why a receiver says no."""

    NO_CAPACITY = "no-capacity", "No place free."
    INELIGIBLE = "ineligible", "Not for this person."
    OUT_OF_AREA = "out-of-area", "Too far."
    HOURS = "hours", "Closed."
    SAFETY = "safety", "Not safe there."
    OTHER = "other", "Another reason."


class Urgency(Word):
    """How soon."""

    NOW = "now", "The sender stands beside the person."
    TODAY = "today", "Within the day."
    PLANNED = "planned", "On a day agreed."


class HandedOverTo(Word):
    """What a person is handed over to, as coordinated entry counts referrals (HMIS 4.20.2)."""

    PREVENTION = "prevention", "Prevention assistance (1)."
    FOLLOW_UP = "follow-up-case-management", "Follow-up case management (5)."
    STREET_OUTREACH = "street-outreach", "Street outreach (6)."
    HOUSING_NAVIGATION = "housing-navigation", "Housing navigation (7)."
    EMERGENCY_SHELTER = "emergency-shelter", "A bed in an emergency shelter (10)."
    TRANSITIONAL_HOUSING = "transitional-housing", "A bed in transitional housing (11)."
    RAPID_REHOUSING = "rapid-rehousing", "Rapid rehousing (13)."
    SUPPORTIVE_HOUSING = "permanent-supportive-housing", "Permanent supportive housing (14)."
    PERMANENT_HOUSING = "other-permanent-housing", "Other permanent housing (15)."
