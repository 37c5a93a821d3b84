"""HIPAA authorization (45 CFR 164.508): any paper may serve as one that has all its elements."""

from consent.law import cfr45
from consent.validity import signers, time
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Element, Lack, missing
from schemas.instruments import Consent, Described, NeverExpires
from schemas.vocab import Category, ConsentKind, Purpose, Statement


def _ends(paper: Consent, known: Circumstances) -> bool:
    """'None' is an expiration for research only (164.508(c)(1)(v))."""
    if isinstance(paper.expiration, NeverExpires):
        return set(paper.purposes) == {Purpose.HRESCH}
    return time.is_limited(paper, known)


def _only_notes(paper: Consent) -> bool:
    """One paper that also names other kinds of information is combined, too."""
    described = paper.information
    if not isinstance(described, Described) or described.categories is None:
        return True
    return set(described.categories) <= {Category.PSYCHOTHERAPY_NOTES}


def _says(statement: Statement, what: str, paragraph: str) -> Element:
    lack = Lack(f"It does not say {what}.", cfr45(paragraph), "Have a form signed that says so.")
    return lambda paper, _: statement in paper.statements, lack


AUTHORIZATION: tuple[Element, ...] = (
    (
        lambda paper, _: paper.subject_named,
        Lack("It does not say whose information.", cfr45("164.508(c)(1)(i)"), "Name the person."),
    ),
    (
        lambda paper, _: paper.information is not None,
        Lack("It does not describe the information.", cfr45("164.508(c)(1)(i)"), "Describe it specifically."),
    ),
    (
        lambda paper, _: bool(paper.disclosers),
        Lack("It does not say who may disclose.", cfr45("164.508(c)(1)(ii)"), "Name them, or a class."),
    ),
    (
        lambda paper, _: bool(paper.recipients),
        Lack("It does not say who may receive.", cfr45("164.508(c)(1)(iii)"), "Name them, or a class."),
    ),
    (
        lambda paper, _: bool(paper.purposes),
        Lack("It does not say what for.", cfr45("164.508(c)(1)(iv)"), "State each purpose."),
    ),
    (_ends, Lack("It does not say when it ends.", cfr45("164.508(c)(1)(v)"), "State a date or an event.")),
    (
        lambda paper, known: signers.signed_by(signers.for_hipaa(known), paper, known),
        Lack(
            "It is not signed and dated by the person or their representative.",
            cfr45("164.508(c)(1)(vi)"),
            "Have it signed and dated.",
        ),
    ),
    _says(Statement.RIGHT_TO_REVOKE, "that it may be revoked", "164.508(c)(2)(i)"),
    _says(Statement.CONDITIONING, "whether anything depends on signing", "164.508(c)(2)(ii)"),
    _says(Statement.REDISCLOSURE_RISK, "that it may be redisclosed", "164.508(c)(2)(iii)"),
    (
        time.ends_after_signing,
        Lack("It ended before it was signed.", cfr45("164.508(c)(1)(v)"), "Have one signed that has not yet ended."),
    ),
    (time.not_expired, Lack("It has expired.", cfr45("164.508(b)(2)(i)"), "Ask for a new authorization.")),
    (
        time.revoked_after_signing,
        Lack(
            "It was revoked before it was signed.",
            cfr45("164.508(b)(2)(iii)"),
            "Correct the days, or ask for a new authorization.",
        ),
    ),
    (
        time.not_revoked,
        Lack("It was revoked.", cfr45("164.508(b)(2)(iii)"), "Ask whether the person wants to sign again."),
    ),
    (
        lambda paper, _: not paper.condition_of_service,
        Lack("Service was made to depend on it.", cfr45("164.508(b)(4)"), "Ask again, without a condition."),
    ),
    (
        lambda paper, _: not paper.known_false,
        Lack("It is known to be false.", cfr45("164.508(b)(2)(v)"), "Ask for a true one."),
    ),
)
_OWN_INSTRUMENT: Element = (
    lambda paper, _: not paper.combined_with and paper.kind is ConsentKind.HIPAA_AUTHORIZATION and _only_notes(paper),
    Lack(
        "It is combined with an authorization for something else.",
        cfr45("164.508(b)(3)(ii)"),
        "Have an authorization for the psychotherapy notes alone signed.",
    ),
)


_FOR_NOTES: tuple[Element, ...] = (_OWN_INSTRUMENT, *AUTHORIZATION)


def lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a paper lacks as an authorization."""
    return missing(AUTHORIZATION, paper, known)


def lacks_for_psychotherapy_notes(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a paper lacks as an authorization for psychotherapy notes (164.508(a)(2), (b)(3)(ii))."""
    return missing(_FOR_NOTES, paper, known)
