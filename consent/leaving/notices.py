"""Texts that travel with a disclosure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from consent.leaving.reliance import Scope
from consent.leaving.statements import statement
from schemas.instruments import Expiration, NamedOrganization, NamedRecipient, OnDate, OnEvent, ThroughIntermediary
from schemas.messages import Notice
from schemas.vocab import Field, Obligation
from schemas.vocab.leaving import Room
from schemas.vocab.word import Word

_TEXTS: Mapping[Obligation, str] = {
    Obligation.NO_USE_IN_PROCEEDINGS: (
        "This information may not be used in any civil, criminal, administrative or legislative proceeding against "
        "the person without their consent or a court order (42 CFR 2.12(d)(1))."
    ),
    Obligation.REDISCLOSURE_UNDER_HIPAA: (
        "You may pass this on as the HIPAA regulations permit, except for proceedings against the person "
        "(42 CFR 2.33(b)(1))."
    ),
    Obligation.REDISCLOSURE_BY_CONSENT_ONLY: (
        "You may pass this on only if the person's written consent or 42 CFR part 2 permits it."
    ),
    Obligation.CRIMINAL_JUSTICE_USE_ONLY: (
        "Use this only for the conditional release it was given for (42 CFR 2.35(d))."
    ),
    Obligation.ASK_NO_FURTHER_USE: (
        "The person asked for this to be restricted. It is told for emergency treatment: please do not use or "
        "disclose it further (45 CFR 164.522(a)(1)(iv))."
    ),
    Obligation.WITHIN_ORDER: "Stay within the order, warrant or request under which this is told.",
    Obligation.AUDIT_TERMS: "Use this for the audit or evaluation only (42 CFR 2.53).",
    Obligation.RESEARCH_TERMS: "Identify nobody in any report, and give this to nobody else (42 CFR 2.52).",
    Obligation.CLINICIAN_CHANNEL_ONLY: "For the clinician alone, not for the officer alongside.",
}

TRAVELLING = frozenset(_TEXTS) | {Obligation.PART2_NOTICE, Obligation.CONSENT_COPY}
"""The obligations that are met by a text."""


def notices(
    obligations: Collection[Obligation],
    fields: Collection[Field],
    *,
    on: date,
    room: Room = Room.AMPLE,
    scopes: Sequence[Scope] = (),
) -> tuple[Notice, ...] | None:
    """The texts owed with a release of these fields, in the order of the obligations.

    They are those of the day of the decision, and as long as the room allows. None where that day's rule has no
    statement that fits: then nothing may leave.
    """
    told = [(owed, text) for owed in obligations for text in _texts(owed, fields, on, room, scopes)]
    if any(text is None for _, text in told):
        return None
    return tuple(Notice(obligation=owed, text=text) for owed, text in told if text is not None)


def _texts(
    owed: Obligation, fields: Collection[Field], on: date, room: Room, scopes: Sequence[Scope]
) -> Iterator[str | None]:
    if owed is Obligation.PART2_NOTICE:
        yield statement(on, room)
    elif owed is Obligation.CONSENT_COPY:
        told = [_explained(scope) for scope in scopes if scope.to and scope.fields]
        yield from told or (_unexplained(fields),)
    elif owed in _TEXTS:
        yield _TEXTS[owed]


# --- the clear explanation of the scope of the consent that 42 CFR 2.32(b) allows instead of a copy ------------------


def _explained(scope: Scope) -> str:
    """To whom, for what and how long the person consented, as far as this release goes and no further."""
    to = ", ".join(map(_recipient, scope.to))
    purposes = ", ".join(_short(purpose) for purpose in scope.purposes)
    return (
        f"The person consented in writing that this holder tells {to}, for {purposes}, {_until(scope.expiration)}. "
        f"Told within that consent: {_named(scope.fields)} (42 CFR 2.32(b))."
    )


def _unexplained(fields: Collection[Field]) -> str:
    return (
        "The person consented in writing that this holder tells you, for the purpose you stated, no more than: "
        f"{_named(fields)}. Anything else it holds is outside the consent (42 CFR 2.32(b))."
    )


def _recipient(entry: NamedRecipient) -> str:
    if isinstance(entry, NamedOrganization):
        return "you, by name"
    if isinstance(entry, ThroughIntermediary):
        return "you, as a participant of the exchange it names"
    return f"you, as one of a class it names ({_short(entry.class_of_persons)})"


def _until(expiration: Expiration | None) -> str:
    if isinstance(expiration, OnDate):
        return f"until {expiration.date} included"
    if isinstance(expiration, OnEvent):
        return f"until this event: {_short(expiration.event)}"
    return "until it is revoked"


def _named(fields: Collection[Field]) -> str:
    return ", ".join(sorted(field.meaning.rstrip(".").lower() for field in fields))


def _short(word: Word) -> str:
    """The meaning of a word up to its first stop."""
    return re.split(r"[.:]", word.meaning, maxsplit=1)[0].lower()
