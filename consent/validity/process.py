"""Ordinary process: subpoenas, warrants, court orders and official requests. None of it opens a Part 2 record."""

from consent.law import HMIS_USES, cfr45
from consent.validity.lack import Check, Lack, missing
from schemas.disclosure import Citation
from schemas.instruments import LegalProcess
from schemas.vocab import ProcessKind, RequestElement

Checks = tuple[Check[LegalProcess, None], ...]


def _addressed(law: Citation) -> Check[LegalProcess, None]:
    lack = Lack("It is directed to no holder.", law, "Direct it to the one who holds the record.")
    return lambda paper, _: bool(paper.directed_to), lack


def _says(element: RequestElement, what: str, cure: str) -> Check[LegalProcess, None]:
    return lambda paper, _: element in paper.elements, Lack(what, HMIS_USES, cure)


_ASSURED: Check[LegalProcess, None] = (
    lambda paper, _: paper.assurance is not None,
    Lack(
        "It comes without satisfactory assurance.",
        cfr45("164.512(e)(1)(ii)"),
        "Show that the person was given notice (A), or that a qualified protective order was sought (B).",
    ),
)
_REQUEST: Checks = (
    _says(
        RequestElement.SIGNED_BY_SUPERVISOR,
        "It is not signed by a supervisory official.",
        "Have a supervisor of the agency sign it.",
    ),
    _says(
        RequestElement.RELEVANT_AND_MATERIAL,
        "It does not say that the information is relevant and material to a legitimate investigation.",
        "State the investigation, and how the information bears on it.",
    ),
    _says(
        RequestElement.IDENTIFIES_INFORMATION,
        "It does not identify the information that is sought.",
        "Name each thing that is sought.",
    ),
    _says(
        RequestElement.SPECIFIC_AND_LIMITED,
        "It is not specific and limited in scope.",
        "Limit it to what the investigation needs.",
    ),
    _says(
        RequestElement.DEIDENTIFIED_NOT_USABLE,
        "It does not say that de-identified information could not be used.",
        "State why information that identifies nobody would not do.",
    ),
)
_BY_KIND: dict[ProcessKind, Checks] = {
    ProcessKind.SUBPOENA: (_addressed(cfr45("164.512(e)(1)(ii)")), _ASSURED),
    ProcessKind.GRAND_JURY_SUBPOENA: (_addressed(cfr45("164.512(f)(1)(ii)(B)")),),
    ProcessKind.SEARCH_WARRANT: (_addressed(cfr45("164.512(f)(1)(ii)(A)")),),
    ProcessKind.COURT_ORDER: (_addressed(cfr45("164.512(e)(1)(i)")),),
    ProcessKind.SUPERVISORY_REQUEST: (_addressed(HMIS_USES), *_REQUEST),
    ProcessKind.ORAL_REQUEST: (_addressed(cfr45("164.512(f)(2)")),),
}


def lacks(paper: LegalProcess) -> tuple[Lack, ...]:
    """What ordinary process lacks. An order under 42 CFR part 2 is judged by `consent.validity.orders`."""
    return missing(_BY_KIND[paper.kind], paper, None)


def lacks_of_request(paper: LegalProcess) -> tuple[Lack, ...]:
    """Which of the five elements a written law-enforcement request lacks, to whomever it is directed."""
    return missing(_REQUEST, paper, None)
