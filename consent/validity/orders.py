"""Court orders under subpart E (42 CFR 2.61 to 2.67): an order authorizes, and a mandate beside it compels.

Sections 2.66 (investigating a program or a holder) and 2.67 (undercover agents) open no patient's record, and the
format knows neither: an order that names no section is one of them or is defective.
"""

from typing import NamedTuple

from consent.law import cfr42
from consent.validity.lack import Check, Lack, missing
from schemas.disclosure import Proceeding
from schemas.instruments import Described, LegalProcess
from schemas.vocab import Category, ObtainedUnder, OrderFinding, OrderSection, ProceedingKind, Purpose

_COPY_HOLDERS = frozenset({ObtainedUnder.RESEARCH, ObtainedUnder.AUDIT})


class Use(NamedTuple):
    """What an order is to open a record for; of one that is only filed nothing is known.

    held_under  how the holder came by the record, if it did not make it
    """

    purpose: Purpose | None = None
    proceeding: Proceeding | None = None
    held_under: ObtainedUnder | None = None

    @property
    def is_criminal(self) -> bool | None:
        """Whether it is for a criminal case: by the proceeding, else by the purpose; None while nobody knows."""
        if self.proceeding is not None:
            return self.proceeding.kind is ProceedingKind.CRIMINAL
        return None if self.purpose is None else self.purpose is not Purpose.HLEGAL


Checks = tuple[Check[LegalProcess, Use], ...]


def _found(finding: OrderFinding, what: str, paragraph: str, cure: str) -> Check[LegalProcess, Use]:
    return lambda order, _: finding in order.findings, Lack(what, cfr42(paragraph), cure)


_ASK_AGAIN = "Ask the court for an order that finds so."
_ADDRESSED: Check[LegalProcess, Use] = (
    lambda order, _: bool(order.directed_to),
    Lack(
        "It is directed to no holder.", cfr42("2.61(a)"), "Ask for an order directed to the one who holds the record."
    ),
)
_NO_COPY: Check[LegalProcess, Use] = (
    lambda _, use: use.held_under not in _COPY_HOLDERS,
    Lack(
        "It does not reach what was received for research or audit.",
        cfr42("2.62"),
        "Direct the order to the program that made the record.",
    ),
)
_CIVIL: Checks = (
    _ADDRESSED,
    _NO_COPY,
    (
        lambda _, use: use.is_criminal is not True,
        Lack(
            "It was made for non-criminal purposes, and the use is criminal.",
            cfr42("2.64(a)"),
            "An order under 42 CFR 2.65.",
        ),
    ),
    _found(
        OrderFinding.NOTICE_AND_HEARING,
        "It does not show that patient and holder had notice and could respond.",
        "2.64(b)",
        "Give both notice and a hearing, and ask the court again.",
    ),
    _found(
        OrderFinding.NO_OTHER_EFFECTIVE_WAY,
        "It does not find that there is no other effective way.",
        "2.64(d)(1)",
        _ASK_AGAIN,
    ),
    _found(
        OrderFinding.PUBLIC_INTEREST_OUTWEIGHS,
        "It does not find that the public interest outweighs the injury to the patient.",
        "2.64(d)(2)",
        _ASK_AGAIN,
    ),
)
_CRIMINAL: Checks = (
    _ADDRESSED,
    _NO_COPY,
    (
        lambda _, use: use.is_criminal is not False,
        Lack(
            "It was made for the criminal investigation of a patient, and the use is another.",
            cfr42("2.65(a)"),
            "An order under 42 CFR 2.64.",
        ),
    ),
    _found(
        OrderFinding.EXTREMELY_SERIOUS_CRIME,
        "It does not find that the crime is extremely serious.",
        "2.65(d)(1)",
        _ASK_AGAIN,
    ),
    _found(
        OrderFinding.SUBSTANTIAL_VALUE,
        "It does not find that the record is likely to be of substantial value.",
        "2.65(d)(2)",
        _ASK_AGAIN,
    ),
    _found(
        OrderFinding.NO_OTHER_EFFECTIVE_WAY,
        "It does not find that there is no other effective way.",
        "2.65(d)(3)",
        _ASK_AGAIN,
    ),
    _found(
        OrderFinding.PUBLIC_INTEREST_OUTWEIGHS,
        "It does not find that the public interest outweighs the injury to the patient.",
        "2.65(d)(4)",
        _ASK_AGAIN,
    ),
    _found(
        OrderFinding.HOLDER_HAD_COUNSEL,
        "It does not show that the holder could be heard, with independent counsel.",
        "2.65(d)(5)",
        "Let the holder be heard with counsel, and ask the court again.",
    ),
)
_NO_SECTION: Checks = (
    _ADDRESSED,
    _NO_COPY,
    (
        lambda order, _: order.section is not None,
        Lack(
            "It does not say under which section it was made; one under 2.66 or 2.67 opens no patient's record.",
            cfr42("2.61(a)"),
            "An order under 42 CFR 2.64, or 2.65 for a criminal case.",
        ),
    ),
)
_OF_SECTION: dict[OrderSection | None, Checks] = {
    None: _NO_SECTION,
    OrderSection.SECTION_2_64: _CIVIL,
    OrderSection.SECTION_2_65: _CRIMINAL,
}
_GROUND: Checks = (
    (
        lambda order, _: order.communications_ground is not None,
        Lack(
            "It states no ground for opening confidential communications, so that they stay closed.",
            cfr42("2.63(a)"),
            "An order that states a threat to life, an extremely serious crime, or evidence the patient offered.",
        ),
    ),
)
_MANDATE: Checks = (
    (
        lambda order, _: order.mandate is not None,
        Lack(
            "No subpoena or similar mandate stands beside it, so that the holder may refuse.",
            cfr42("2.61(b)(2)"),
            "Serve a subpoena or a similar mandate with it.",
        ),
    ),
)


def lacks(order: LegalProcess, use: Use) -> tuple[Lack, ...]:
    """What keeps an order from authorizing this use of a patient's record."""
    return missing(_OF_SECTION[order.section], order, use)


def lacks_for_communications(order: LegalProcess, use: Use) -> tuple[Lack, ...]:
    """What keeps an order that authorizes from opening confidential communications with the program."""
    return missing(_GROUND, order, use)


def lacks_to_compel(order: LegalProcess, use: Use) -> tuple[Lack, ...]:
    """What keeps an order that authorizes from compelling the holder."""
    return missing(_MANDATE, order, use)


def lacks_as_filed(order: LegalProcess) -> tuple[Lack, ...]:
    """All of this, for whoever files it; a ground is missing only where communications are expressly asked for."""
    use = Use()
    ground = lacks_for_communications(order, use) if _asks_for_communications(order) else ()
    return lacks(order, use) + ground + lacks_to_compel(order, use)


def _asks_for_communications(order: LegalProcess) -> bool:
    described = order.information
    return isinstance(described, Described) and Category.CONFIDENTIAL_COMMUNICATIONS in (described.categories or ())
