"""Who must sign, and whether they did: in writing, dated, and not before their day."""

from collections.abc import Iterable

from consent.validity.circumstances import Circumstances
from schemas.instruments import Consent
from schemas.vocab import DecisionCapacity, Purpose, SignatureMethod, Signer

Who = frozenset[Signer]

SUBJECT: Who = frozenset({Signer.SUBJECT})
PARENT: Who = frozenset({Signer.PARENT})
GUARDIAN: Who = frozenset({Signer.GUARDIAN})
REPRESENTATIVE: Who = frozenset({Signer.PERSONAL_REPRESENTATIVE})
SPOUSE: Who = frozenset({Signer.SPOUSE})
DIRECTOR: Who = frozenset({Signer.PROGRAM_DIRECTOR})

# Looking a word up in its class costs more than comparing it.
_ORAL = SignatureMethod.ORAL
_CAPABLE = DecisionCapacity.CAPABLE
_INCAPABLE = DecisionCapacity.INCAPABLE
_ADJUDICATED = DecisionCapacity.ADJUDICATED_INCAPABLE
_PAYMENT = Purpose.HPAYMT


def signed_by(alternatives: Iterable[Who], paper: Consent, known: Circumstances, *, oral: bool = False) -> bool:
    """Whether all of some alternative have signed by today. One who is alleged to be the abuser does not count."""
    today = known.today
    signed = {
        signature.by
        for signature in paper.signatures
        if signature.on is not None
        and signature.on <= today
        and (oral or signature.method is not _ORAL)
        and not signature.alleged_abuser
    }
    return bool([who for who in alternatives if who <= signed])


def is_dated(paper: Consent, _: Circumstances) -> bool:
    return None not in [signature.on for signature in paper.signatures]


def is_written(paper: Consent, _: Circumstances) -> bool:
    return bool([one for one in paper.signatures if one.method is not _ORAL])


def for_part2(known: Circumstances) -> tuple[Who, ...]:
    """42 CFR 2.14, 2.15, 2.31(a)(8)."""
    if known.subject.deceased:
        return (REPRESENTATIVE, SPOUSE, PARENT)
    if known.is_minor:
        return (SUBJECT,) if known.care_alone or known.alone.substance_use else (SUBJECT | PARENT, SUBJECT | GUARDIAN)
    if known.subject.decision_capacity is _ADJUDICATED:
        return (GUARDIAN, REPRESENTATIVE)
    if known.subject.decision_capacity is _INCAPABLE and known.purpose is _PAYMENT:
        return (SUBJECT, DIRECTOR)
    return (SUBJECT,)


def for_hipaa(known: Circumstances) -> tuple[Who, ...]:
    """The individual or the personal representative (45 CFR 164.502(g), 164.508(c)(1)(vi))."""
    if known.subject.deceased:
        return (REPRESENTATIVE, SPOUSE, PARENT)
    if known.is_minor:
        return (
            (SUBJECT,)
            if known.care_alone or known.alone.substance_use or known.alone.mental_health
            else (PARENT, GUARDIAN, REPRESENTATIVE)
        )
    if known.subject.decision_capacity is _ADJUDICATED:
        return (GUARDIAN, REPRESENTATIVE)
    if known.subject.decision_capacity is _INCAPABLE:
        return (SUBJECT, GUARDIAN, REPRESENTATIVE)
    return (SUBJECT,)


def for_release(known: Circumstances) -> tuple[Who, ...]:
    """HMIS releases, veterans' consents and callers' permissions: the person, or who stands for them."""
    if known.subject.deceased:
        return (REPRESENTATIVE, SPOUSE, PARENT)
    if known.is_minor:
        return (SUBJECT, PARENT, GUARDIAN)
    if known.subject.decision_capacity is _CAPABLE:
        return (SUBJECT,)
    return (SUBJECT, GUARDIAN, REPRESENTATIVE)


def for_victim_services(known: Circumstances) -> tuple[Who, ...]:
    """34 U.S.C. 12291(b)(2)(B)(ii): a minor together with a parent or guardian, unless served alone by right."""
    if known.is_minor:
        return (SUBJECT,) if known.alone.victim_services else (SUBJECT | PARENT, SUBJECT | GUARDIAN)
    if known.subject.decision_capacity is _CAPABLE:
        return (SUBJECT,)
    return (GUARDIAN,)
