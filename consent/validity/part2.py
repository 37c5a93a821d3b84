"""Consent under 42 CFR Part 2: the elements of 2.31, before and after the changes of 2024, and the forms apart."""

from consent.given import HUB
from consent.law import cfr42
from consent.purposes import TPO
from consent.validity import signers, time
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Element, Lack, missing
from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Described,
    NamedOrganization,
    NeverExpires,
    ThroughIntermediary,
)
from schemas.vocab import Category, ConsentKind, Purpose, RecipientClass, Statement

_TREATING = frozenset({RecipientClass.TREATING_PROVIDERS, RecipientClass.HEALTH_CARE_PROVIDERS})
_COVERED = _TREATING | {RecipientClass.HEALTH_PLANS, RecipientClass.THIRD_PARTY_PAYERS}
_NEVER_ENDING = TPO | {Purpose.HRESCH}


def _is_for_tpo(paper: Consent) -> bool:
    return not TPO.isdisjoint(paper.purposes)


def _names_purpose(paper: Consent, _: Circumstances) -> bool:
    return bool(paper.purposes) and (Purpose.PATRQT not in paper.purposes or paper.initiated_by_subject)


def _ends(paper: Consent, known: Circumstances) -> bool:
    """'None' is an expiration for treatment, payment, operations and research only."""
    if isinstance(paper.expiration, NeverExpires):
        return _NEVER_ENDING.issuperset(paper.purposes)
    return time.is_limited(paper, known)


def _warns_of_hipaa(paper: Consent, known: Circumstances) -> bool:
    """Needed when a covered entity is to receive for treatment, payment or operations."""
    if Statement.HIPAA_REDISCLOSURE in paper.statements or not _is_for_tpo(paper):
        return True
    return not known.to_covered and not any(
        isinstance(entry, ClassOfPersons) and entry.class_of_persons in _COVERED for entry in paper.recipients
    )


def _says_if_tpo(statement: Statement) -> Element:
    paragraph, what = {
        Statement.REDISCLOSURE_RISK: ("2.31(a)(10)(i)", "that the record may be redisclosed and lose protection"),
        Statement.CONSEQUENCES_OF_REFUSAL: ("2.31(a)(10)(ii)", "what follows from not signing"),
    }[statement]
    lack = Lack(f"It does not say {what}.", cfr42(paragraph), "Have a form signed that says so.")
    return lambda paper, _: not _is_for_tpo(paper) or statement in paper.statements, lack


def _participants_are_limited(paper: Consent, known: Circumstances) -> bool:
    """An intermediary may pass on to participants named, or to those treating the patient."""
    if not known.through_intermediary:
        return True
    through = [entry for entry in paper.recipients if isinstance(entry, ThroughIntermediary)]
    return any(
        entry.intermediary == HUB
        and bool(entry.participants)
        and all(
            isinstance(part, NamedOrganization) or part.class_of_persons in _TREATING for part in entry.participants
        )
        for entry in through
    )


def _names_recipients_singly(paper: Consent, _: Circumstances) -> bool:
    """Before 2024 a class was no recipient, except for treating participants of an intermediary."""
    return not any(isinstance(entry, ClassOfPersons) for entry in paper.recipients)


def _is_signed(paper: Consent, known: Circumstances) -> bool:
    return signers.signed_by(signers.for_part2(known), paper, known)


_STATED: tuple[Element, ...] = (
    (
        lambda paper, _: paper.subject_named,
        Lack("It does not name the patient.", cfr42("2.31(a)(1)"), "Name the patient."),
    ),
    (
        lambda paper, _: bool(paper.disclosers),
        Lack("It does not say who may disclose.", cfr42("2.31(a)(2)"), "Name the program, or a class of holders."),
    ),
    (
        lambda paper, _: paper.information is not None,
        Lack("It does not describe the information.", cfr42("2.31(a)(3)"), "Describe it specifically."),
    ),
    (
        lambda paper, _: bool(paper.recipients),
        Lack("It does not say who may receive.", cfr42("2.31(a)(4)"), "Name the recipient, or a class."),
    ),
    (_names_purpose, Lack("It does not say what for.", cfr42("2.31(a)(5)"), "State each purpose.")),
)
_INTERMEDIARY: Element = (
    _participants_are_limited,
    Lack(
        "It does not say to which participants the exchange may pass on, or does not limit them to treating ones.",
        cfr42("2.31(a)(4)(ii)"),
        "Name the participants, or limit them to those treating the patient.",
    ),
)
_REVOCABLE: Element = (
    lambda paper, _: Statement.RIGHT_TO_REVOKE in paper.statements,
    Lack("It does not state the right to revoke.", cfr42("2.31(a)(6)"), "State the right, its limits, and how."),
)
_SIGNED: tuple[Element, ...] = (
    (
        signers.is_written,
        Lack("It is not in writing.", cfr42("2.31(a)"), "Have it signed, on paper or electronically."),
    ),
    (signers.is_dated, Lack("The signature is undated.", cfr42("2.31(a)(9)"), "Have it signed and dated.")),
    (
        _is_signed,
        Lack(
            "It is not signed by those who must sign, or not yet in effect.",
            cfr42("2.31(a)(8)"),
            "The patient signs; a minor, a guardian or a representative as 2.14 and 2.15 say.",
        ),
    ),
)
_EXPIRES: Element = (
    _ends,
    Lack("It does not say when it ends.", cfr42("2.31(a)(7)"), "State a date or an event."),
)
_TERM: tuple[Element, ...] = (
    (
        time.ends_after_signing,
        Lack("It ended before it was signed.", cfr42("2.31(a)(7)"), "Have one signed that has not yet ended."),
    ),
    (time.not_expired, Lack("It has expired.", cfr42("2.31(c)(1)"), "Ask for a new consent.")),
    (
        time.revoked_after_signing,
        Lack(
            "It was revoked before it was signed.", cfr42("2.31(c)(3)"), "Correct the days, or ask for a new consent."
        ),
    ),
)
_REVOKED = Lack("It was revoked.", cfr42("2.31(c)(3)"), "Ask whether the person wants to consent again.")
_TRUE: Element = (
    lambda paper, _: not paper.known_false,
    Lack("It is known to be false.", cfr42("2.31(c)(4)"), "Ask for a true one."),
)
_STANDS: tuple[Element, ...] = (*_TERM, (time.not_revoked, _REVOKED), _TRUE)
_SINCE_2024: tuple[Element, ...] = (
    (
        _warns_of_hipaa,
        Lack(
            "It does not say that a covered entity may redisclose under HIPAA, proceedings excepted.",
            cfr42("2.31(a)(4)(iii)"),
            "Have a form signed that says so.",
        ),
    ),
    _says_if_tpo(Statement.REDISCLOSURE_RISK),
    _says_if_tpo(Statement.CONSEQUENCES_OF_REFUSAL),
)
_BEFORE_2024: Element = (
    _names_recipients_singly,
    Lack("It names a class of recipients.", cfr42("2.31(a)(4)"), "Name each recipient."),
)
_EXPIRES_BEFORE_2024: Element = (time.is_limited, _EXPIRES[1])
"""'None' was no expiration until then: a consent lasted no longer than its purpose needed."""

GENERAL = (*_STATED, _INTERMEDIARY, *_SINCE_2024, _REVOCABLE, _EXPIRES, *_SIGNED, *_STANDS)
GENERAL_BEFORE_2024 = (*_STATED, _BEFORE_2024, _INTERMEDIARY, _REVOCABLE, _EXPIRES_BEFORE_2024, *_SIGNED, *_STANDS)

_NOTES_ALONE: tuple[Element, ...] = (
    (
        lambda paper, _: (
            set(paper.combined_with) <= {ConsentKind.PART2_COUNSELING_NOTES_CONSENT} and _only_notes(paper)
        ),
        Lack(
            "It is combined with a consent for something else than counseling notes.",
            cfr42("2.31(b)(2)"),
            "Have a consent for the notes alone signed.",
        ),
    ),
    (
        lambda paper, _: not paper.condition_of_service,
        Lack("Treatment was made to depend on it.", cfr42("2.31(b)(3)"), "Ask again, without a condition."),
    ),
)
_PROCEEDINGS_ALONE: Element = (
    lambda paper, _: not paper.combined_with and set(paper.purposes) == {Purpose.HLEGAL},
    Lack("It is combined with another purpose.", cfr42("2.31(d)"), "Have a consent for the proceeding alone signed."),
)
_CONDITIONAL_RELEASE: tuple[Element, ...] = (
    (
        lambda paper, _: Statement.DURATION in paper.statements,
        Lack("It does not state how long it lasts.", cfr42("2.35(b)"), "State a reasonable duration."),
    ),
    (
        lambda paper, _: paper.revocable_from is not None,
        Lack("It does not say when it becomes revocable.", cfr42("2.35(c)"), "State a time or an event."),
    ),
)


def _only_notes(paper: Consent) -> bool:
    described = paper.information
    if not isinstance(described, Described) or described.categories is None:
        return True
    return set(described.categories) <= {Category.SUD_COUNSELING_NOTES}


def _revoked_in_time(paper: Consent, known: Circumstances) -> bool:
    """A criminal-justice consent can be revoked only from the time it states (2.35(c))."""
    return time.not_revoked(paper, known) or not time.has_come(paper.revocable_from, known.today)


CRIMINAL_JUSTICE = (
    *_STATED,
    *_CONDITIONAL_RELEASE,
    _EXPIRES,
    *_SIGNED,
    *_TERM,
    (_revoked_in_time, _REVOKED),
    _TRUE,
)
NOTES = (*_NOTES_ALONE, *GENERAL)
PROCEEDINGS = (_PROCEEDINGS_ALONE, *GENERAL)

_BY_KIND = {
    ConsentKind.PART2_COUNSELING_NOTES_CONSENT: NOTES,
    ConsentKind.PART2_PROCEEDINGS_CONSENT: PROCEEDINGS,
    ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT: CRIMINAL_JUSTICE,
}


def lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a Part 2 consent lacks under the rule as changed in 2024."""
    return missing(_BY_KIND.get(paper.kind, GENERAL), paper, known)


def lacks_before_2024(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a Part 2 consent lacks under the rule as it stood until 15 April 2024."""
    own_form = paper.kind is ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT
    return missing(CRIMINAL_JUSTICE if own_form else GENERAL_BEFORE_2024, paper, known)
