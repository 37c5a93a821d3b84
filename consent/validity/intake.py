"""What an instrument lacks on the day it is filed, whatever its kind: told to the one who submits it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from consent.validity import (
    agreements,
    custody,
    emergencies,
    hipaa,
    orders,
    part2,
    permissions,
    process,
    releases,
    research,
    restrictions,
)
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Lack, Validator
from schemas.instruments import (
    Agreement,
    Consent,
    CustodyRepresentation,
    Emergency,
    Facts,
    LegalProcess,
    Research,
    Restriction,
)
from schemas.vocab import AgreementKind, ConsentKind, ProcessKind

Instrument = Consent | Restriction | LegalProcess | Agreement | Emergency | CustodyRepresentation | Research
"""All that can be filed as evidence and have something lacking."""

VALIDATORS: Mapping[ConsentKind, Validator] = {
    ConsentKind.PART2_TPO_CONSENT: part2.lacks,
    ConsentKind.PART2_CONSENT: part2.lacks,
    ConsentKind.PART2_COUNSELING_NOTES_CONSENT: part2.lacks,
    ConsentKind.PART2_PROCEEDINGS_CONSENT: part2.lacks,
    ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT: part2.lacks,
    ConsentKind.HIPAA_AUTHORIZATION: hipaa.lacks,
    ConsentKind.HMIS_RELEASE: releases.hmis_lacks,
    ConsentKind.VICTIM_SERVICE_RELEASE: releases.survivor_lacks,
    ConsentKind.VETERANS_CONSENT: releases.veterans_lacks,
    ConsentKind.CALLER_PERMISSION: permissions.caller_lacks,
}


def lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """Everything the paper lacks under the law of its kind, in the order of the law; empty when it is valid."""
    return VALIDATORS[paper.kind](paper, known)


def _process_lacks(paper: LegalProcess) -> tuple[Lack, ...]:
    return orders.lacks_as_filed(paper) if paper.kind is ProcessKind.PART2_ORDER else process.lacks(paper)


def _agreement_lacks(agreement: Agreement, known: Circumstances) -> tuple[Lack, ...]:
    copies = agreement.kind is AgreementKind.PART2_AUDIT
    return (agreements.lacks_for_copies if copies else agreements.lacks)(agreement, known.today)


_LACKING: Mapping[type[Instrument], Callable[[Any, Circumstances], tuple[Lack, ...]]] = {
    Consent: lacks,
    Restriction: lambda paper, _: restrictions.lacks(paper, to_plan=True),
    LegalProcess: lambda paper, _: _process_lacks(paper),
    Agreement: _agreement_lacks,
    Emergency: lambda said, known: emergencies.lacks_to_rely_on(said, known.at),
    CustodyRepresentation: lambda paper, _: custody.lacks(paper),
    Research: lambda approval, _: research.lacks(approval),
}


def lacks_of(instrument: Instrument, known: Circumstances) -> tuple[Lack, ...]:
    """Everything an instrument of any kind lacks, also what would only narrow it; empty when nothing is lacking.

    For what it is to be used nobody knows yet: a use that it does not serve is no lack.
    """
    return _LACKING[type(instrument)](instrument, known)


def instruments(facts: Facts) -> Iterator[tuple[str, Instrument]]:
    """Every instrument in the evidence with its place there, as `consents.0`."""
    several: tuple[tuple[str, tuple[Instrument, ...]], ...] = (
        ("consents", facts.consents),
        ("restrictions", facts.restrictions),
        ("legal_process", facts.legal_process),
        ("agreements", facts.agreements),
    )
    for name, filed in several:
        yield from ((f"{name}.{number}", one) for number, one in enumerate(filed))
    if facts.emergency is not None:
        yield "emergency", facts.emergency
    if facts.custody_representation is not None:
        yield "custody_representation", facts.custody_representation
    if facts.research is not None:
        yield "research", facts.research
