"""The releases of homeless services, victim services and Veterans Affairs, and the least of any written consent."""

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


def basics(law: Citation) -> tuple[Element, ...]:
    """What every release needs: whose, who tells whom, what, what for, and that it still stands."""
    return (
        (lambda paper, _: paper.subject_named, Lack("It does not say about whom.", law, "Name the person.")),
        (lambda paper, _: bool(paper.disclosers), Lack("It does not say who may tell.", law, "Name who may tell.")),
        (
            lambda paper, _: paper.information is not None,
            Lack("It does not describe the information.", law, "Describe it."),
        ),
        (lambda paper, _: bool(paper.recipients), Lack("It does not say who may be told.", law, "Name who may hear.")),
        (lambda paper, _: bool(paper.purposes), Lack("It does not say what for.", law, "State each purpose.")),
        (time.ends_after_signing, Lack("It ended before it was given.", law, "Ask for one that has not yet ended.")),
        (time.not_expired, Lack("It has expired.", law, "Ask for a new one.")),
        (
            time.revoked_after_signing,
            Lack("It was revoked before it was given.", law, "Correct the days, or ask for a new one."),
        ),
        (time.not_revoked, Lack("It was revoked.", law, "Ask whether the person wants to give it again.")),
        (lambda paper, _: not paper.known_false, Lack("It is known to be false.", law, "Ask for a true one.")),
    )


def given(law: Citation, *, oral: bool = False) -> Element:
    """That the person gave it by now, in writing or, where that serves, by word of mouth."""
    return (
        lambda paper, known: signers.signed_by(signers.for_release(known), paper, known, oral=oral),
        Lack("The person has not given it, or it bears no date.", law, "Have the person give it, with the date."),
    )


def _is_reasonably_limited(paper: Consent, known: Circumstances) -> bool:
    if not isinstance(paper.expiration, OnDate):
        return time.is_limited(paper, known)
    signed_on = [signature.on for signature in paper.signatures if signature.on is not None]
    return bool(signed_on) and paper.expiration.date - min(signed_on) <= REASONABLE


_HMIS = (*basics(HMIS_POLICY), given(HMIS_POLICY))
_VETERANS = (*basics(usc(38, "7332(b)(1)")), given(usc(38, "7332(b)(1)")))
_STATE_LAW = cite("state law")
_WRITTEN: tuple[Element, ...] = (
    *basics(_STATE_LAW),
    (
        lambda paper, _: paper.expiration is not None,
        Lack("It does not say when it ends.", _STATE_LAW, "State a date or an event, or that it has no end."),
    ),
    given(_STATE_LAW),
)
_SURVIVOR: tuple[Element, ...] = (
    *basics(_VAWA),
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


def written_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a paper lacks to be a written consent of any kind, as a state whose rules are unknown may ask for."""
    return missing(_WRITTEN, paper, known)
