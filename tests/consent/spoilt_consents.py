"""Every element of every kind of consent, and exactly what is lacking without it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Described,
    Everything,
    NeverExpires,
    OnDate,
    OnEvent,
    Revocation,
    Signature,
)
from schemas.vocab import (
    Category,
    ConsentKind,
    Event,
    RecipientClass,
    RevocationForm,
    SignatureMethod,
    Signer,
    Statement,
)
from tests.consent.whole_papers import DAY, NOON, SIGNED, TODAY, Change, Expected, Spoil, less, without


def signed(**changes: Any) -> Change:
    """Every signature changed alike."""
    return lambda paper: {"signatures": tuple(one.model_copy(update=changes) for one in paper.signatures)}


def first_day(paper: Consent) -> date:
    """The first day on which the paper was signed."""
    return min(one.on for one in paper.signatures if one.on is not None)


def _expired(paper: Consent) -> dict[str, Any]:
    return {"expiration": OnDate(date=TODAY - DAY), "signatures": _signed_on(paper, TODAY - DAY)}


def _ended_by_event(paper: Consent) -> dict[str, Any]:
    ended = OnEvent(event=Event.END_OF_TREATMENT, occurred_on=TODAY)
    return {"expiration": ended}


def _ended_before_signed(paper: Consent) -> dict[str, Any]:
    return {"expiration": OnDate(date=first_day(paper) - DAY)}


def _ended_by_event_before_signed(paper: Consent) -> dict[str, Any]:
    return {"expiration": OnEvent(event=Event.END_OF_TREATMENT, occurred_on=first_day(paper) - DAY)}


def _revoked(paper: Consent) -> dict[str, Any]:
    return {"revocation": Revocation(form=RevocationForm.ORAL, on=TODAY, learned_at=NOON)}


def _revoked_before_signed(paper: Consent) -> dict[str, Any]:
    on = first_day(paper) - DAY
    return {"revocation": Revocation(form=RevocationForm.WRITTEN, on=on, learned_at=NOON + DAY)}


def _signed_on(paper: Consent, day: date) -> tuple[Signature, ...]:
    return tuple(one.model_copy(update={"on": day}) for one in paper.signatures)


def _of_part2(*, tpo: bool) -> Iterator[Spoil]:
    yield Spoil("patient", without("subject_named", False), (("It does not name the patient.", "42 CFR 2.31(a)(1)"),))
    yield Spoil("discloser", without("disclosers"), (("It does not say who may disclose.", "42 CFR 2.31(a)(2)"),))
    yield Spoil(
        "information", without("information", None), (("It does not describe the information.", "42 CFR 2.31(a)(3)"),)
    )
    yield Spoil("recipient", without("recipients"), (("It does not say who may receive.", "42 CFR 2.31(a)(4)"),))
    yield Spoil("end", without("expiration", None), (("It does not say when it ends.", "42 CFR 2.31(a)(7)"),))
    yield from _of_part2_signing()
    yield from _of_part2_standing()
    if tpo:
        yield Spoil(
            "redisclosure",
            less("statements", Statement.REDISCLOSURE_RISK),
            (("It does not say that the record may be redisclosed and lose protection.", "42 CFR 2.31(a)(10)(i)"),),
        )
        yield Spoil(
            "refusal",
            less("statements", Statement.CONSEQUENCES_OF_REFUSAL),
            (("It does not say what follows from not signing.", "42 CFR 2.31(a)(10)(ii)"),),
        )


_UNSIGNED = ("It is not signed by those who must sign, or not yet in effect.", "42 CFR 2.31(a)(8)")


def _of_part2_signing() -> Iterator[Spoil]:
    unwritten = ("It is not in writing.", "42 CFR 2.31(a)")
    yield Spoil("signature", without("signatures"), (unwritten, _UNSIGNED))
    yield Spoil("writing", signed(method=SignatureMethod.ORAL), (unwritten, _UNSIGNED))
    yield Spoil("day of signing", signed(on=None), (("The signature is undated.", "42 CFR 2.31(a)(9)"), _UNSIGNED))
    yield Spoil("right signer", signed(by=Signer.SPOUSE), (_UNSIGNED,))
    yield Spoil("signature by now", signed(on=TODAY + DAY), (_UNSIGNED,))


def _of_part2_standing() -> Iterator[Spoil]:
    expired = ("It has expired.", "42 CFR 2.31(c)(1)")
    ended = ("It ended before it was signed.", "42 CFR 2.31(a)(7)")
    yield Spoil("day in time", _expired, (expired,))
    yield Spoil("event to come", _ended_by_event, (expired,))
    yield Spoil("end after signing", _ended_before_signed, (ended, expired))
    yield Spoil("event after signing", _ended_by_event_before_signed, (ended, expired))
    yield Spoil(
        "revocation after signing",
        _revoked_before_signed,
        (("It was revoked before it was signed.", "42 CFR 2.31(c)(3)"),),
    )
    yield Spoil("truth", without("known_false", True), (("It is known to be false.", "42 CFR 2.31(c)(4)"),))


_NO_PURPOSE = ("It does not say what for.", "42 CFR 2.31(a)(5)")
_REVOCABLE = Spoil(
    "right to revoke",
    less("statements", Statement.RIGHT_TO_REVOKE),
    (("It does not state the right to revoke.", "42 CFR 2.31(a)(6)"),),
)
_NOT_REVOKED = Spoil("no revocation", _revoked, (("It was revoked.", "42 CFR 2.31(c)(3)"),))
_PURPOSE = Spoil("purpose", without("purposes"), (_NO_PURPOSE,))


def _of_release(law: str) -> Iterator[Spoil]:
    expired = ("It has expired.", law)
    ended = ("It ended before it was given.", law)
    yield Spoil("person", without("subject_named", False), (("It does not say about whom.", law),))
    yield Spoil("discloser", without("disclosers"), (("It does not say who may tell.", law),))
    yield Spoil("recipient", without("recipients"), (("It does not say who may be told.", law),))
    yield Spoil("purpose", without("purposes"), (("It does not say what for.", law),))
    yield Spoil("day in time", _expired, (expired,))
    yield Spoil("end after giving", _ended_before_signed, (ended, expired))
    yield Spoil("event after giving", _ended_by_event_before_signed, (ended, expired))
    yield Spoil("revocation after giving", _revoked_before_signed, (("It was revoked before it was given.", law),))
    yield Spoil("no revocation", _revoked, (("It was revoked.", law),))
    yield Spoil("truth", without("known_false", True), (("It is known to be false.", law),))


def _of_simple_release(law: str) -> Iterator[Spoil]:
    ungiven = ("The person has not given it, or it bears no date.", law)
    yield from _of_release(law)
    yield Spoil("information", without("information", None), (("It does not describe the information.", law),))
    yield Spoil("permission", without("signatures"), (ungiven,))
    yield Spoil("day", signed(on=None), (ungiven,))


VAWA = "34 U.S.C. 12291(b)(2)(B)(ii)"


def _of_survivor() -> Iterator[Spoil]:
    unsigned = ("It is not signed, in writing and with a date, by those who must sign.", VAWA)
    yield from _of_release(VAWA)
    yield Spoil(
        "information",
        without("information", None),
        (("It does not describe the information.", VAWA), ("It does not name the information.", VAWA)),
    )
    yield Spoil("naming", without("information", Everything(all=True)), (("It does not name the information.", VAWA),))
    yield Spoil(
        "named recipient",
        without("recipients", (ClassOfPersons(class_of_persons=RecipientClass.CRISIS_PROVIDERS),)),
        (("It does not name the recipient.", VAWA),),
    )
    yield Spoil(
        "informing",
        less("statements", Statement.INFORMED),
        (("It does not show that the survivor was informed.", VAWA),),
    )
    yield Spoil(
        "limit", without("expiration", NeverExpires(none=True)), (("It is not reasonably limited in time.", VAWA),)
    )
    yield Spoil("signature", without("signatures", (SIGNED.model_copy(update={"by": Signer.SPOUSE}),)), (unsigned,))
    yield Spoil(
        "signature without the abuser",
        lambda paper: {
            "signatures": (
                *paper.signatures,
                Signature(by=Signer.PARENT, method=SignatureMethod.INK, on=TODAY, alleged_abuser=True),
            )
        },
        (("It is signed by the one alleged to be the abuser.", VAWA),),
    )
    yield Spoil(
        "freedom",
        without("condition_of_service", True),
        (("Service was made to depend on it.", "34 U.S.C. 12291(b)(2)(D)(ii)(I)"),),
    )


def _of_authorization() -> Iterator[Spoil]:
    def core(paragraph: str, what: str) -> Expected:
        return ((what, f"45 CFR 164.508({paragraph}"),)

    unsigned = core("c)(1)(vi)", "It is not signed and dated by the person or their representative.")
    expired = core("b)(2)(i)", "It has expired.")
    ended = core("c)(1)(v)", "It ended before it was signed.")
    yield Spoil("person", without("subject_named", False), core("c)(1)(i)", "It does not say whose information."))
    yield Spoil("information", without("information", None), core("c)(1)(i)", "It does not describe the information."))
    yield Spoil("discloser", without("disclosers"), core("c)(1)(ii)", "It does not say who may disclose."))
    yield Spoil("recipient", without("recipients"), core("c)(1)(iii)", "It does not say who may receive."))
    yield Spoil("purpose", without("purposes"), core("c)(1)(iv)", "It does not say what for."))
    yield Spoil("end", without("expiration", None), core("c)(1)(v)", "It does not say when it ends."))
    yield Spoil(
        "an end", without("expiration", NeverExpires(none=True)), core("c)(1)(v)", "It does not say when it ends.")
    )
    yield Spoil("signature", without("signatures"), unsigned)
    yield Spoil("day of signing", signed(on=None), unsigned)
    yield Spoil(
        "right to revoke",
        less("statements", Statement.RIGHT_TO_REVOKE),
        core("c)(2)(i)", "It does not say that it may be revoked."),
    )
    yield Spoil(
        "conditioning",
        less("statements", Statement.CONDITIONING),
        core("c)(2)(ii)", "It does not say whether anything depends on signing."),
    )
    yield Spoil(
        "redisclosure",
        less("statements", Statement.REDISCLOSURE_RISK),
        core("c)(2)(iii)", "It does not say that it may be redisclosed."),
    )
    yield Spoil("day in time", _expired, expired)
    yield Spoil("end after signing", _ended_before_signed, ended + expired)
    yield Spoil("event after signing", _ended_by_event_before_signed, ended + expired)
    yield Spoil(
        "revocation after signing",
        _revoked_before_signed,
        core("b)(2)(iii)", "It was revoked before it was signed."),
    )
    yield Spoil("no revocation", _revoked, core("b)(2)(iii)", "It was revoked."))
    yield Spoil("freedom", without("condition_of_service", True), core("b)(4)", "Service was made to depend on it."))
    yield Spoil("truth", without("known_false", True), core("b)(2)(v)", "It is known to be false."))


def of_consent(kind: ConsentKind) -> Iterator[Spoil]:
    """Every element of a consent of this kind."""
    match kind:
        case ConsentKind.PART2_TPO_CONSENT:
            yield from (*_of_part2(tpo=True), _PURPOSE, _REVOCABLE, _NOT_REVOKED)
            yield Spoil(
                "HIPAA statement",
                less("statements", Statement.HIPAA_REDISCLOSURE),
                (
                    (
                        "It does not say that a covered entity may redisclose under HIPAA, proceedings excepted.",
                        "42 CFR 2.31(a)(4)(iii)",
                    ),
                ),
            )
        case ConsentKind.PART2_CONSENT:
            yield from (*_of_part2(tpo=True), _PURPOSE, _REVOCABLE, _NOT_REVOKED)
        case ConsentKind.PART2_COUNSELING_NOTES_CONSENT:
            yield from (*_of_part2(tpo=True), _PURPOSE, _REVOCABLE, _NOT_REVOKED)
            combined = ("It is combined with a consent for something else than counseling notes.", "42 CFR 2.31(b)(2)")
            yield Spoil("standing alone", without("combined_with", ("general-records",)), (combined,))
            yield Spoil(
                "notes alone",
                without("information", Described(categories=(Category.SUD_COUNSELING_NOTES, Category.MEDICATIONS))),
                (combined,),
            )
            yield Spoil(
                "freedom",
                without("condition_of_service", True),
                (("Treatment was made to depend on it.", "42 CFR 2.31(b)(3)"),),
            )
        case ConsentKind.PART2_PROCEEDINGS_CONSENT:
            yield from (*_of_part2(tpo=False), _REVOCABLE, _NOT_REVOKED)
            combined = ("It is combined with another purpose.", "42 CFR 2.31(d)")
            yield Spoil("purpose", without("purposes"), (combined, _NO_PURPOSE))
            yield Spoil("standing alone", without("combined_with", ("general-records",)), (combined,))
        case ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT:
            yield from (*_of_part2(tpo=False), _PURPOSE)
            yield Spoil(
                "duration",
                less("statements", Statement.DURATION),
                (("It does not state how long it lasts.", "42 CFR 2.35(b)"),),
            )
            yield Spoil(
                "revocability",
                without("revocable_from", None),
                (("It does not say when it becomes revocable.", "42 CFR 2.35(c)"),),
            )
            yield Spoil(
                "no revocation in its time",
                lambda paper: _revoked(paper) | {"revocable_from": OnDate(date=TODAY)},
                (("It was revoked.", "42 CFR 2.31(c)(3)"),),
            )
        case ConsentKind.HIPAA_AUTHORIZATION:
            yield from _of_authorization()
        case ConsentKind.HMIS_RELEASE:
            yield from _of_simple_release("HMIS release policy")
        case ConsentKind.VICTIM_SERVICE_RELEASE:
            yield from _of_survivor()
        case ConsentKind.VETERANS_CONSENT:
            yield from _of_simple_release("38 U.S.C. 7332(b)(1)")
        case ConsentKind.CALLER_PERMISSION:
            yield from _of_simple_release("confidentiality promise of the service")
