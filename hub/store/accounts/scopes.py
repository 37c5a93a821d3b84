"""Scopes: what a system may do. The hub's own by name, FHIR ones as SMART App Launch 2 writes them."""

import re
from collections.abc import Collection

from schemas.vocab.word import Word

# SMART App Launch 2.2 §2.0.3 "Scopes for requesting FHIR Resources": the letters stand in the order c r u d s.
_FHIR = re.compile(r"system/(?P<resource>\*|[A-Z][A-Za-z]{1,63})\.(?P<may>(?=[cruds])c?r?u?d?s?)")


class HubScope(Word):
    """The scopes that are the hub's own."""

    CONTACT_QUERY = "hub/contact-query", "Ask for a person's homeless-services contact."
    HMIS_READ = "hub/hmis.read", "Read homeless-services records: one's own, and of others what consent permits."
    HMIS_WRITE = "hub/hmis.write", "Bring in homeless-services records."
    BOOKING_WRITE = "hub/booking.write", "Bring in jail bookings and releases."
    RECORDS_WRITE = "hub/records.write", "Bring in messages of any other feed."
    CONSENT_WRITE = "hub/consent.write", "File and revoke consents, releases and authorizations."
    AUDIT_READ = "hub/audit.read", "Read and prove the audit log."
    HANDOFF = "hub/handoff", "Offer, accept and attest handoffs."


def is_scope(text: str) -> bool:
    """Whether this is a scope that the hub knows."""
    return text in set(HubScope) or _FHIR.fullmatch(text) is not None


def covers(held: Collection[str], wanted: str) -> bool:
    """Whether one of the scopes held lets its holder do all that is wanted.

    >>> covers({"system/Task.cruds"}, "system/Task.rs"), covers({"system/*.rs"}, "system/Task.cruds")
    (True, False)
    """
    return any(scope == wanted or _is_wider(scope, wanted) for scope in held)


def grantable(asked: str, registered: Collection[str]) -> tuple[str, ...]:
    """Of the scopes asked for, separated by blanks, those that a client is registered for, each once."""
    return tuple(scope for scope in dict.fromkeys(asked.split()) if is_scope(scope) and covers(registered, scope))


def _is_wider(held: str, wanted: str) -> bool:
    have, want = _FHIR.fullmatch(held), _FHIR.fullmatch(wanted)
    if have is None or want is None:
        return False
    return have["resource"] in {"*", want["resource"]} and set(want["may"]) <= set(have["may"])
