"""The records of the sweep: whose they are, which laws protect them, and what the exchange agreed with the holder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from consent.provenance import regimes_of
from schemas.disclosure import InHmis, Party, Piece, Received
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Category,
    Field,
    Form,
    Funding,
    Justice,
    ObtainedUnder,
    Regime,
    Seal,
    SeparatedNotes,
)
from tests.consent.whole_papers import HOLDER

PROVIDER = (Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER)
PROGRAM = (Capacity.PART2_PROGRAM, Capacity.HEALTH_CARE_PROVIDER)
BOTH = (Capacity.PART2_PROGRAM, *PROVIDER)
SHELTER = (Capacity.HOMELESS_SERVICES, Capacity.HMIS_PARTICIPANT)
ORIGIN = Party(organization="rivergate-program", capacities=frozenset(PROGRAM))

_ASSOCIATE = AgreementKind.BUSINESS_ASSOCIATE
_QUALIFIED = AgreementKind.QUALIFIED_SERVICE_ORGANIZATION
_SHARING = AgreementKind.HMIS_DATA_SHARING
_MEMORANDUM = AgreementKind.SERVICE_DATA

CHART = {
    Category.IDENTITY: (Field.NAME, Field.ADDRESS),
    Category.PRESENCE: (Field.PRESENCE,),
    Category.GENERAL_HEALTH: (Field.DIAGNOSIS,),
    Category.SUBSTANCE_USE: (Field.SUBSTANCE_USE_DIAGNOSIS,),
    Category.CONFIDENTIAL_COMMUNICATIONS: (Field.COUNSELING_CONTENT,),
    Category.INCIDENT: (Field.INCIDENT_CIRCUMSTANCES,),
    Category.MANDATED_REPORT: (Field.REPORT_FACTS,),
}
STAY = {
    Category.IDENTITY: (Field.NAME,),
    Category.HOUSING: (Field.LIVING_SITUATION,),
    Category.DOMESTIC_VIOLENCE: (Field.DOMESTIC_VIOLENCE_STATUS,),
    Category.MANDATED_REPORT: (Field.REPORT_FACTS,),
}
CALL = {
    Category.IDENTITY: (Field.NAME,),
    Category.LOCATION: (Field.CURRENT_LOCATION,),
    Category.CRISIS_CALL: (Field.CALL_NOTE,),
}
BOOKING = {
    Category.IDENTITY: (Field.NAME,),
    Category.CUSTODY: (Field.CUSTODY_STATUS, Field.FACILITY),
    Category.CHARGES: (Field.CHARGES,),
}


@dataclass(frozen=True, eq=False)
class Held:
    """One kind of record.

    words         two sentences for the reader: whose record it is, and which law protects it
    arrangements  what the exchange has agreed with the holder
    """

    id: str
    title: str
    words: str
    piece: Piece
    arrangements: tuple[AgreementKind, ...] = ()

    @property
    def regimes(self) -> tuple[Regime, ...]:
        return regimes_of(self.piece)


def _piece(
    capacities: tuple[Capacity, ...], contents: Mapping[Category, tuple[Field, ...]], **provenance: Any
) -> Piece:
    source = Party(organization=HOLDER.organization, capacities=frozenset(capacities))
    return Piece(id="r1", source=source, contents=contents, **provenance)


def _received(under: ObtainedUnder) -> Received:
    return Received(how="received", origin=ORIGIN, under=under, consent=None, on=date(2026, 6, 1), notice_attached=True)


KINDS = (
    Held(
        "hipaa",
        "A covered entity's record",
        "A hospital, clinic or crisis provider that is a HIPAA covered entity and no substance use program made this "
        "record. HIPAA alone protects it (45 CFR parts 160 and 164), whatever it says of substance use.",
        _piece(PROVIDER, CHART),
        (_ASSOCIATE,),
    ),
    Held(
        "part2",
        "A program's record, no covered entity",
        "A federally assisted substance use program that is no covered entity made this record. 42 CFR Part 2 and "
        "42 U.S.C. 290dd-2 protect it.",
        _piece(PROGRAM, CHART),
        (_QUALIFIED,),
    ),
    Held(
        "part2-hipaa",
        "A program's record, covered entity",
        "A federally assisted substance use program that is also a covered entity made this record. 42 CFR Part 2 and "
        "HIPAA protect it together, and both must permit.",
        _piece(BOTH, CHART),
        (_ASSOCIATE, _QUALIFIED),
    ),
    Held(
        "part2-passed-on",
        "A program's record that a covered entity received",
        "A covered entity that is no program received this record from a program, under the patient's consent for "
        "treatment, payment and operations. 42 CFR 2.33(b)(1) lets it pass the record on as HIPAA allows; use against "
        "the patient stays barred (2.12(d)(1)).",
        _piece(PROVIDER, CHART, obtained=_received(ObtainedUnder.TPO_CONSENT)),
        (_ASSOCIATE,),
    ),
    Held(
        "part2-named",
        "A program's record that a shelter received",
        "A shelter that is neither covered entity nor program received this record from a program, under a consent "
        "that named the shelter. As another lawful holder it may pass on nothing without a further consent "
        "(42 CFR 2.12(d)(2)(i)(C), 2.33).",
        _piece((Capacity.HOMELESS_SERVICES,), CHART, obtained=_received(ObtainedUnder.NAMED_CONSENT)),
        (_MEMORANDUM,),
    ),
    Held(
        "part2-payer",
        "A program's record that a payer received",
        "A third-party payer that is no covered entity received this record from a program, under a consent for "
        "payment or operations. It may pass it on to its contractors for these purposes only, and bound by contract "
        "(42 CFR 2.33(b)(3), (c)).",
        _piece((Capacity.THIRD_PARTY_PAYER,), CHART, obtained=_received(ObtainedUnder.PAYMENT_CONSENT)),
        (_MEMORANDUM,),
    ),
    Held(
        "part2-notes",
        "Counseling notes of a program",
        "A counselor of a program that is no covered entity keeps these notes apart from the record. 42 CFR 2.31(b) "
        "keeps them closed even where the record is open.",
        _piece(
            PROGRAM,
            {Category.SUD_COUNSELING_NOTES: (Field.SESSION_NOTES,)},
            separated_notes=SeparatedNotes.SUD_COUNSELING,
        ),
        (_QUALIFIED,),
    ),
    Held(
        "psychotherapy-notes",
        "Psychotherapy notes",
        "A mental health professional of a covered entity keeps these notes apart from the record. 45 CFR "
        "164.508(a)(2) asks for an authorization for them alone.",
        _piece(
            PROVIDER,
            {Category.PSYCHOTHERAPY_NOTES: (Field.SESSION_NOTES,)},
            separated_notes=SeparatedNotes.PSYCHOTHERAPY,
        ),
        (_ASSOCIATE,),
    ),
    Held(
        "hmis",
        "A shelter's record in HMIS",
        "A shelter that is no covered entity entered this record into the Homeless Management Information System. The "
        "HMIS standard (69 FR 45888, section 4) and the policy of the community protect it.",
        _piece(SHELTER, STAY, hmis=InHmis()),
        (_SHARING,),
    ),
    Held(
        "hmis-part2",
        "A program's record in HMIS",
        "A substance use program that is no covered entity and takes part in HMIS entered this record. The HMIS "
        "standard and 42 CFR Part 2 protect it together.",
        _piece((*PROGRAM, *SHELTER), STAY, hmis=InHmis()),
        (_SHARING, _QUALIFIED),
    ),
    Held(
        "hopwa",
        "A housing record of a person with AIDS",
        "A project funded by Housing Opportunities for Persons With AIDS entered this record into HMIS; that it did "
        "tells the diagnosis. 42 U.S.C. 12905(e) and 24 CFR 574.440 protect it beside the HMIS standard.",
        _piece(SHELTER, STAY, hmis=InHmis(funding=frozenset({Funding.HOPWA}))),
        (_SHARING,),
    ),
    Held(
        "rhy",
        "A record of a runaway and homeless youth program",
        "A federally funded program for runaway and homeless youth entered this record into HMIS. 34 U.S.C. ch. 111 "
        "and 45 CFR part 1351 protect it beside the HMIS standard.",
        _piece(SHELTER, STAY, hmis=InHmis(funding=frozenset({Funding.RHY}))),
        (_SHARING,),
    ),
    Held(
        "victims",
        "A victim service provider's record",
        "A shelter or service for victims of domestic violence holds this record. 34 U.S.C. 12291(b)(2), 42 U.S.C. "
        "10406(c)(5) and 28 CFR 94.115 protect it; it enters no HMIS (42 U.S.C. 11363).",
        _piece((Capacity.VICTIM_SERVICE_PROVIDER,), STAY),
    ),
    Held(
        "veterans",
        "A Veterans Affairs record of substance use",
        "A facility of Veterans Affairs, which is a covered entity, made this record, and it speaks of substance use. "
        "38 U.S.C. 7332 protects it instead of Part 2 (42 CFR 2.12(c)(1)), together with HIPAA.",
        _piece((Capacity.VETERANS_AFFAIRS, *PROVIDER), CHART),
        (_ASSOCIATE,),
    ),
    Held(
        "booking",
        "A jail's booking record",
        "A jail made this record when it booked the person. State public-records law and the memorandum on booking "
        "data say what is shared; a jail's health record is a covered entity's or a program's.",
        _piece((Capacity.CORRECTIONAL_INSTITUTION,), BOOKING, justice=Justice.BOOKING),
        (AgreementKind.BOOKING_DATA,),
    ),
    Held(
        "sealed",
        "A sealed booking record",
        "A jail made this record when it booked the person, and a court sealed it. To those who ask it does not exist "
        "(state sealing law).",
        _piece((Capacity.CORRECTIONAL_INSTITUTION,), BOOKING, justice=Justice.BOOKING, seal=Seal.SEALED),
        (AgreementKind.BOOKING_DATA,),
    ),
    Held(
        "national-database",
        "A record out of a national criminal justice database",
        "A police agency holds this record, which came out of NCIC, III, N-DEx or a warrant system. 28 CFR 20.33 and "
        "the CJIS Security Policy keep it among criminal justice agencies, in systems of their own.",
        _piece(
            (Capacity.LAW_ENFORCEMENT,),
            {Category.CRIMINAL_HISTORY: (Field.WARRANT,)},
            justice=Justice.NATIONAL_DATABASE,
        ),
    ),
    Held(
        "dispatch",
        "A 911 dispatch record",
        "A public safety answering point wrote this record of a call. State 911 law and the memorandum protect it.",
        _piece((Capacity.PUBLIC_SAFETY_ANSWERING_POINT,), CALL),
        (_MEMORANDUM,),
    ),
    Held(
        "call-center",
        "A 988 center's record",
        "A crisis call center that is neither covered entity nor program wrote down what a caller said. Its promise "
        "of confidentiality protects it, and yields to imminent danger as the network's policy says.",
        _piece((Capacity.CRISIS_CALL_CENTER,), CALL),
        (_MEMORANDUM,),
    ),
    Held(
        "peers",
        "A peer service's record",
        "A warmline or peer-run respite that is neither covered entity nor program wrote down what a person said. Its "
        "promise of confidentiality protects it, and no law beside it.",
        _piece((Capacity.PEER_SUPPORT,), CALL),
        (_MEMORANDUM,),
    ),
    Held(
        "service",
        "A record of a provider under no federal health-privacy law",
        "A health care provider that bills nobody electronically, and so is neither covered entity nor program, made "
        "this record. State law and the memorandum protect it.",
        _piece((Capacity.HEALTH_CARE_PROVIDER,), CHART),
        (_MEMORANDUM,),
    ),
    Held(
        "nobodys-law",
        "A record under no known law",
        "A county social services agency made this record, and no law that the hub knows protects it. So nobody can "
        "be shown a law that lets it go, and it stays.",
        _piece((Capacity.SOCIAL_SERVICES_AGENCY,), STAY),
        (_MEMORANDUM,),
    ),
    Held(
        "anonymous",
        "A record that identifies nobody",
        "A program that is a covered entity removed from this record what could identify a person (45 CFR 164.514(b)). "
        "No law protects it any more; totals are treated alike, and small counts are suppressed.",
        _piece(BOTH, CHART, form=Form.DE_IDENTIFIED),
    ),
)
