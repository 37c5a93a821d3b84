"""Instruments that lack nothing, one of every kind, and how one element is taken out of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from consent.validity import Circumstances
from consent.validity.intake import Instrument
from schemas.disclosure import Subject
from schemas.instruments import (
    Agreement,
    ClassOfPersons,
    Consent,
    CustodyRepresentation,
    Described,
    Emergency,
    Everything,
    LegalProcess,
    NamedOrganization,
    NeverExpires,
    OnDate,
    OnEvent,
    Research,
    Restriction,
    Signature,
)
from schemas.vocab import (
    AgreementKind,
    AgreementTerm,
    Assurance,
    Category,
    CommunicationsGround,
    ConsentKind,
    CustodyNeed,
    EmergencyKind,
    Event,
    Field,
    MandateKind,
    Match,
    OrderFinding,
    OrderSection,
    ProcessKind,
    Purpose,
    RecipientClass,
    RequestElement,
    ResearchDocument,
    SignatureMethod,
    Signer,
    Statement,
    UnobtainableBecause,
)

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)
KNOWN = Circumstances(at=NOON, subject=Subject(match=Match.UNIQUE, age_years=41))

HOLDER, TEAM = NamedOrganization(organization="hilltop-clinic"), NamedOrganization(organization="night-owl-crisis")
SIGNED = Signature(by=Signer.SUBJECT, method=SignatureMethod.INK, on=date(2026, 6, 1))
NEXT_WEEK = OnDate(date=date(2026, 6, 22))
END_OF_CASE = OnEvent(event=Event.END_OF_CASE, occurred_on=None)

_OF_KIND: dict[ConsentKind, dict[str, Any]] = {
    ConsentKind.PART2_TPO_CONSENT: {
        "information": Everything(all=True),
        "recipients": (ClassOfPersons(class_of_persons=RecipientClass.TREATING_PROVIDERS),),
        "purposes": (Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT),
        "expiration": NeverExpires(none=True),
    },
    ConsentKind.PART2_COUNSELING_NOTES_CONSENT: {
        "information": Described(categories=(Category.SUD_COUNSELING_NOTES,)),
        "purposes": (Purpose.TREAT,),
    },
    ConsentKind.PART2_PROCEEDINGS_CONSENT: {"purposes": (Purpose.HLEGAL,), "case": "26-77", "expiration": END_OF_CASE},
    ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT: {
        "purposes": (Purpose.SUPERVISION,),
        "case": "26-77",
        "expiration": END_OF_CASE,
        "revocable_from": OnEvent(event=Event.FINAL_DISPOSITION, occurred_on=None),
    },
    ConsentKind.CALLER_PERMISSION: {"signatures": (SIGNED.model_copy(update={"method": SignatureMethod.ORAL}),)},
}


def consent(kind: ConsentKind, **changes: Any) -> Consent:
    """A paper of this kind that lacks nothing, with changes."""
    whole: dict[str, Any] = {
        "id": "c1",
        "kind": kind,
        "disclosers": (HOLDER,),
        "information": Described(fields=(Field.NAME,)),
        "recipients": (TEAM,),
        "purposes": (Purpose.COC,),
        "expiration": NEXT_WEEK,
        "signatures": (SIGNED,),
        "statements": tuple(Statement),
    }
    return Consent(**(whole | _OF_KIND.get(kind, {}) | changes))


def order(section: OrderSection) -> LegalProcess:
    """An order with every finding, a ground and a mandate, that asks for communications too."""
    return LegalProcess(
        id="p1",
        kind=ProcessKind.PART2_ORDER,
        directed_to=("hilltop-clinic",),
        information=Described(categories=(Category.ATTENDANCE, Category.CONFIDENTIAL_COMMUNICATIONS)),
        section=section,
        findings=tuple(OrderFinding),
        communications_ground=CommunicationsGround.THREAT_TO_LIFE,
        mandate=MandateKind.SUBPOENA,
    )


def process(kind: ProcessKind) -> LegalProcess:
    """Ordinary process of this kind with all that any kind needs."""
    return LegalProcess(
        id="p1",
        kind=kind,
        directed_to=("hilltop-clinic",),
        information=Everything(all=True),
        assurance=Assurance.NOTICE_TO_SUBJECT,
        elements=tuple(RequestElement),
    )


def agreement(kind: AgreementKind) -> Agreement:
    """An agreement of this kind that is in force from today, and sees to copies."""
    return Agreement(
        kind=kind,
        parties=("hub", "hilltop-clinic"),
        since=TODAY,
        until=TODAY,
        terms=(AgreementTerm.COPIES_KEPT_SAFE_AND_DESTROYED,),
    )


RESTRICTION = Restriction(
    id="x1", source="hilltop-clinic", agreed=True, against=(TEAM,), information=Everything(all=True)
)
EMERGENCY = Emergency(
    kind=EmergencyKind.MEDICAL,
    medical_person="Dr. A. Rios",
    affiliation="county-general-hospital",
    consent_unobtainable_because=UnobtainableBecause.UNCONSCIOUS,
    attested_at=NOON,
)
REPRESENTATION = CustodyRepresentation(need=CustodyNeed.HEALTH_CARE, by="Sgt. Hale", organization="county-jail")
APPROVAL = Research(documents=tuple(ResearchDocument))

ORDINARY = tuple(kind for kind in ProcessKind if kind is not ProcessKind.PART2_ORDER)


def whole_instruments() -> Iterator[Instrument]:
    """One whole instrument of every kind there is."""
    yield from (consent(kind) for kind in ConsentKind)
    yield from (order(section) for section in OrderSection)
    yield from (process(kind) for kind in ORDINARY)
    yield from (agreement(kind) for kind in AgreementKind)
    yield from (RESTRICTION, EMERGENCY, REPRESENTATION, APPROVAL)


Change = Callable[[Any], dict[str, Any]]
Expected = tuple[tuple[str, str], ...]


class Spoil(NamedTuple):
    """One element, how it is taken out of a whole instrument, and exactly what is lacking then: words and paragraph."""

    element: str
    change: Change
    lacking: Expected


def without(field: str, empty: Any = ()) -> Change:
    """Leaves a field empty."""
    return lambda _: {field: empty}


def less(field: str, word: Any) -> Change:
    """Takes one word out of several."""
    return lambda paper: {field: tuple(held for held in getattr(paper, field) if held is not word)}


def spoilt(instrument: Any, spoil: Spoil) -> Any:
    """The instrument without that element."""
    return instrument.model_copy(update=spoil.change(instrument))
