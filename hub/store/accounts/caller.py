"""Who is asking, once they have come in."""

from schemas.frozen import Frozen, Slug
from schemas.vocab import Role
from schemas.vocab.word import Word


class HubRole(Word):
    """What a person may do in the hub; their profession is a `schemas.vocab.Role` and another matter."""

    CRISIS_WORKER = "crisis-worker", "Asks for a person's contact."
    COMPLIANCE_OFFICER = "compliance-officer", "Reads the disclosure log."
    PRIVACY_OFFICER = (
        "privacy-officer",
        "Hands a person their accounting of disclosures; carries out court orders, by two.",
    )
    HMIS_STAFF = "hmis-staff", "Brings in homeless-services records."
    HANDOFF_STAFF = "handoff-staff", "Offers, accepts and attests handoffs."
    ADMINISTRATOR = "administrator", "Keeps participants, users and clients."


class CallerKind(Word):
    """Person or system."""

    USER = "user", "A person at a browser."
    CLIENT = "client", "A system with a key."


class Caller(Frozen):
    """Who is asking, for whom, and what they may ask.

    `id` is stable and gives no name away (`user:…`, `client:…`): it is what the audit log keeps. A user has `roles`, a
    client has `scopes`; both have the professional `role` in which the law sees them.
    """

    kind: CallerKind
    id: str
    name: str
    participant: Slug
    role: Role
    roles: frozenset[HubRole] = frozenset()
    scopes: frozenset[str] = frozenset()
