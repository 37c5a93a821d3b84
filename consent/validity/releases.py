"""The papers of homeless services, victim services, Veterans Affairs and callers."""

from datetime import timedelta

from consent.law import HMIS_POLICY, cite, usc
from consent.validity import signers, time
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Element, Lack, missing
from schemas.disclosure import Citation
from schemas.instruments import Consent, Described, NamedOrganization, OnDate
from schemas.vocab import Statement

REASONABLE = timedelta(days=366)
"""The longest a survivor's release may run. The statute says "reasonably time-limited" and names no number."""

_VAWA = usc(34, "12291(b)(2)(B)(ii)")


def _basics(law: Citation) -> tuple[Element, ...]:
    """What every release needs: whose, who tells whom, what, what for, and that it still stands."""
    return (
        (
            lambda paper, _: paper.subject_named and bool(paper.disclosers and paper.recipients and paper.purposes),
            Lack("It does not say about whom, who may tell whom, and what for.", law, "Name them."),
        ),
        (
            lambda paper, _: paper.information is not None,
            Lack("It does not describe the information.", law, "Describe it."),
        ),
        (time.not_expired, Lack("It has expired.", law, "Ask for a new one.")),
        (time.not_revoked, Lack("It was revoked.", law, "Ask whether the person wants to sign again.")),
        (lambda paper, _: not paper.known_false, Lack("It is known to be false.", law, "Ask for a true one.")),
    )


def _signed(law: Citation, *, oral: bool = False) -> Element:
    return (
        lambda paper, known: signers.signed_by(signers.for_release(known), paper, known, oral=oral),
        Lack("The person has not given it, or it bears no date.", law, "Have the person give it, with the date."),
    )


def _is_reasonably_limited(paper: Consent, known: Circumstances) -> bool:
    if not isinstance(paper.expiration, OnDate):
        return time.is_limited(paper, known)
    signed_on = [signature.on for signature in paper.signatures if signature.on is not None]
    return bool(signed_on) and paper.expiration.date - min(signed_on) <= REASONABLE


_HMIS = (*_basics(HMIS_POLICY), _signed(HMIS_POLICY))
_VETERANS = (*_basics(usc(38, "7332(b)(1)")), _signed(usc(38, "7332(b)(1)")))
_PROMISE = cite("confidentiality promise of the service")
_CALLER = (*_basics(_PROMISE), _signed(_PROMISE, oral=True))
_SURVIVOR: tuple[Element, ...] = (
    *_basics(_VAWA),
    (
        lambda paper, _: isinstance(paper.information, Described),
        Lack("It does not name the information.", _VAWA, "Name each thing that may be told."),
    ),
    (
        lambda paper, _: all(isinstance(entry, NamedOrganization) for entry in paper.recipients),
        Lack("It does not name the recipient.", _VAWA, "Name the one who may receive."),
    ),
    (
        lambda paper, _: Statement.INFORMED in paper.statements,
        Lack("It does not show that the survivor was informed.", _VAWA, "Explain what, why, to whom and at what risk."),
    ),
    (
        _is_reasonably_limited,
        Lack("It is not reasonably limited in time.", _VAWA, "State a date within a year; days or weeks are usual."),
    ),
    (
        lambda paper, _: not any(signature.alleged_abuser for signature in paper.signatures),
        Lack("It is signed by the one alleged to be the abuser.", _VAWA, "Have it signed without that person."),
    ),
    (
        lambda paper, known: signers.signed_by(signers.for_victim_services(known), paper, known),
        Lack(
            "It is not signed, in writing and with a date, by those who must sign.",
            _VAWA,
            "The survivor signs; a minor together with a parent or guardian who is not the abuser.",
        ),
    ),
    (
        lambda paper, _: not paper.condition_of_service,
        Lack("Service was made to depend on it.", usc(34, "12291(b)(2)(D)(ii)(I)"), "Ask again, without a condition."),
    ),
)


def hmis_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What an HMIS release of information lacks. There is no federal form."""
    return missing(_HMIS, paper, known)


def survivor_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a survivor's release lacks: informed, written, reasonably time-limited, specific."""
    return missing(_SURVIVOR, paper, known)


def veterans_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a veteran's written consent lacks."""
    return missing(_VETERANS, paper, known)


def caller_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a caller's permission lacks; it may be given by word of mouth."""
    return missing(_CALLER, paper, known)


def written_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a paper lacks to be a written consent of any kind, as a state whose rules are unknown may ask for."""
    return missing((*_basics(_PROMISE), _signed(_PROMISE)), paper, known)
