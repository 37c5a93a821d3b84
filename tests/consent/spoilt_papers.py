"""Every element of orders, process, agreements, restrictions and statements, and what is lacking without it."""

from collections.abc import Iterator
from datetime import timedelta

from consent.validity.intake import Instrument
from schemas.instruments import (
    Agreement,
    Consent,
    CustodyRepresentation,
    Emergency,
    LegalProcess,
    Research,
    Restriction,
)
from schemas.vocab import (
    AgreementKind,
    OrderFinding,
    OrderSection,
    ProcessKind,
    RequestElement,
    ResearchDocument,
    UnobtainableBecause,
)
from tests.consent.spoilt_consents import of_consent
from tests.consent.whole_papers import DAY, NOON, TODAY, Spoil, less, without

_NO_HOLDER = "It is directed to no holder."
_NO_OTHER_WAY = "It does not find that there is no other effective way."
_OUTWEIGHS = "It does not find that the public interest outweighs the injury to the patient."
_FINDINGS = {
    OrderSection.SECTION_2_64: {
        OrderFinding.NOTICE_AND_HEARING: (
            "It does not show that patient and holder had notice and could respond.",
            "42 CFR 2.64(b)",
        ),
        OrderFinding.NO_OTHER_EFFECTIVE_WAY: (_NO_OTHER_WAY, "42 CFR 2.64(d)(1)"),
        OrderFinding.PUBLIC_INTEREST_OUTWEIGHS: (_OUTWEIGHS, "42 CFR 2.64(d)(2)"),
    },
    OrderSection.SECTION_2_65: {
        OrderFinding.EXTREMELY_SERIOUS_CRIME: (
            "It does not find that the crime is extremely serious.",
            "42 CFR 2.65(d)(1)",
        ),
        OrderFinding.SUBSTANTIAL_VALUE: (
            "It does not find that the record is likely to be of substantial value.",
            "42 CFR 2.65(d)(2)",
        ),
        OrderFinding.NO_OTHER_EFFECTIVE_WAY: (_NO_OTHER_WAY, "42 CFR 2.65(d)(3)"),
        OrderFinding.PUBLIC_INTEREST_OUTWEIGHS: (_OUTWEIGHS, "42 CFR 2.65(d)(4)"),
        OrderFinding.HOLDER_HAD_COUNSEL: (
            "It does not show that the holder could be heard, with independent counsel.",
            "42 CFR 2.65(d)(5)",
        ),
    },
}


def _of_order(section: OrderSection) -> Iterator[Spoil]:
    yield Spoil("holder", without("directed_to"), ((_NO_HOLDER, "42 CFR 2.61(a)"),))
    yield Spoil(
        "section",
        without("section", None),
        (
            (
                "It does not say under which section it was made; one under 2.66 or 2.67 opens no patient's record.",
                "42 CFR 2.61(a)",
            ),
        ),
    )
    yield Spoil(
        "ground",
        without("communications_ground", None),
        (
            (
                "It states no ground for opening confidential communications, so that they stay closed.",
                "42 CFR 2.63(a)",
            ),
        ),
    )
    yield Spoil(
        "mandate",
        without("mandate", None),
        (("No subpoena or similar mandate stands beside it, so that the holder may refuse.", "42 CFR 2.61(b)(2)"),),
    )
    for finding, lacking in _FINDINGS[section].items():
        yield Spoil(finding.value, less("findings", finding), (lacking,))


HMIS_USES = "69 FR 45888 4.1.3"
_ELEMENTS = {
    RequestElement.SIGNED_BY_SUPERVISOR: "It is not signed by a supervisory official.",
    RequestElement.RELEVANT_AND_MATERIAL: (
        "It does not say that the information is relevant and material to a legitimate investigation."
    ),
    RequestElement.IDENTIFIES_INFORMATION: "It does not identify the information that is sought.",
    RequestElement.SPECIFIC_AND_LIMITED: "It is not specific and limited in scope.",
    RequestElement.DEIDENTIFIED_NOT_USABLE: ("It does not say that de-identified information could not be used."),
}
_LAW_OF_PROCESS = {
    ProcessKind.SUBPOENA: "45 CFR 164.512(e)(1)(ii)",
    ProcessKind.GRAND_JURY_SUBPOENA: "45 CFR 164.512(f)(1)(ii)(B)",
    ProcessKind.SEARCH_WARRANT: "45 CFR 164.512(f)(1)(ii)(A)",
    ProcessKind.COURT_ORDER: "45 CFR 164.512(e)(1)(i)",
    ProcessKind.SUPERVISORY_REQUEST: HMIS_USES,
    ProcessKind.ORAL_REQUEST: "45 CFR 164.512(f)(2)",
}


def _of_process(kind: ProcessKind) -> Iterator[Spoil]:
    law = _LAW_OF_PROCESS[kind]
    yield Spoil("holder", without("directed_to"), ((_NO_HOLDER, law),))
    if kind is ProcessKind.SUBPOENA:
        yield Spoil("assurance", without("assurance", None), (("It comes without satisfactory assurance.", law),))
    if kind is ProcessKind.SUPERVISORY_REQUEST:
        for element, what in _ELEMENTS.items():
            yield Spoil(element.value, less("elements", element), ((what, law),))


_LAW_OF_AGREEMENT = {
    AgreementKind.BUSINESS_ASSOCIATE: "45 CFR 164.504(e)",
    AgreementKind.QUALIFIED_SERVICE_ORGANIZATION: "42 CFR 2.11",
    AgreementKind.NETWORK_PARTICIPATION: "network participation agreement",
    AgreementKind.HMIS_DATA_SHARING: "HMIS participation policy",
    AgreementKind.BOOKING_DATA: "memorandum on booking data",
    AgreementKind.SERVICE_DATA: "memorandum on service data",
    AgreementKind.PART2_AUDIT: "42 CFR 2.53(a)",
    AgreementKind.PART2_CONTRACTOR: "42 CFR 2.33(c)",
}


def _of_agreement(kind: AgreementKind) -> Iterator[Spoil]:
    law = _LAW_OF_AGREEMENT[kind]
    yield Spoil("parties", without("parties", ("hub", "hub")), (("It does not name two parties.", law),))
    yield Spoil("days in order", without("until", TODAY - DAY), (("It ends before it begins.", law),))
    yield Spoil(
        "beginning",
        lambda _: {"since": TODAY + DAY, "until": None},
        (("It is not yet in force.", law),),
    )
    yield Spoil("term", lambda _: {"since": TODAY - DAY, "until": TODAY - DAY}, (("It is no longer in force.", law),))
    if kind is AgreementKind.PART2_AUDIT:
        yield Spoil(
            "copies",
            without("terms"),
            (("It does not provide for copies, so that the auditor may only look.", "42 CFR 2.53(b)(1)"),),
        )


_OF_RESTRICTION = (
    Spoil(
        "against whom",
        without("against"),
        (
            (
                "It does not say to whom nothing is to be told.",
                "45 CFR 164.522(a)(1)(i), 42 CFR 2.26(a)(1)",
            ),
        ),
    ),
    Spoil(
        "agreement",
        without("agreed", False),
        (("The holder has not agreed to it.", "45 CFR 164.522(a)(1)(iii), 42 CFR 2.26(a)(3)"),),
    ),
)
_OF_EMERGENCY = (
    Spoil("person", without("medical_person", " "), (("It does not name the medical person.", "42 CFR 2.51(c)(1)"),)),
    Spoil(
        "facility",
        without("affiliation", None),
        (("It does not name the medical person's facility.", "42 CFR 2.51(c)(1)"),),
    ),
    Spoil(
        "time",
        without("attested_at", NOON + timedelta(seconds=1)),
        (("It is dated after this moment.", "42 CFR 2.51(c)(3)"),),
    ),
    Spoil("nature", without("kind", None), (("It does not state the nature of the emergency.", "42 CFR 2.51(c)(4)"),)),
    Spoil(
        "reason",
        without("consent_unobtainable_because", None),
        (("It does not say why consent cannot be had.", "42 CFR 2.51(a)(1)"),),
    ),
    Spoil(
        "a reason",
        without("consent_unobtainable_because", UnobtainableBecause.REFUSED),
        (("The person refused.", "42 CFR 2.51(a)"),),
    ),
)
_OF_REPRESENTATION = (
    Spoil("official", without("by", " "), (("It does not name who represents the need.", "45 CFR 164.512(k)(5)(i)"),)),
)
_OF_RESEARCH = (
    Spoil(
        "waiver",
        less("documents", ResearchDocument.PRIVACY_BOARD_WAIVER),
        (("No review or privacy board has waived authorization.", "45 CFR 164.512(i)(1)(i)"),),
    ),
    Spoil(
        "human subjects",
        less("documents", ResearchDocument.HUMAN_SUBJECTS_COMPLIANCE),
        (("Compliance with human-subjects rules is not shown.", "42 CFR 2.52(a)"),),
    ),
)


def spoils(instrument: Instrument) -> tuple[Spoil, ...]:
    """Every element of an instrument that can be taken out of it."""
    match instrument:
        case Consent():
            return tuple(of_consent(instrument.kind))
        case LegalProcess(section=OrderSection() as section):
            return tuple(_of_order(section))
        case LegalProcess():
            return tuple(_of_process(instrument.kind))
        case Agreement():
            return tuple(_of_agreement(instrument.kind))
        case Restriction():
            return _OF_RESTRICTION
        case Emergency():
            return _OF_EMERGENCY
        case CustodyRepresentation():
            return _OF_REPRESENTATION
        case Research():
            return _OF_RESEARCH
