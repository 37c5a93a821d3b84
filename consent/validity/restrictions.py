"""Restrictions a person asked for (45 CFR 164.522(a); 42 CFR 2.26): which bind the holder, and towards whom."""

from consent.law import cite
from consent.validity.lack import Check, Lack, missing
from schemas.instruments import Restriction

_BINDING: tuple[Check[Restriction, bool], ...] = (
    (
        lambda paper, _: bool(paper.against),
        Lack(
            "It does not say to whom nothing is to be told.",
            cite("45 CFR 164.522(a)(1)(i), 42 CFR 2.26(a)(1)"),
            "Name the organization, or a class.",
        ),
    ),
    (
        lambda paper, to_plan: paper.agreed or (to_plan and paper.paid_in_full),
        Lack(
            "The holder has not agreed to it.",
            cite("45 CFR 164.522(a)(1)(iii), 42 CFR 2.26(a)(3)"),
            "The holder agrees; towards a health plan it is enough that the service was paid in full.",
        ),
    ),
)


def lacks(restriction: Restriction, *, to_plan: bool) -> tuple[Lack, ...]:
    """What a restriction lacks to bind its holder.

    One on a service paid in full binds towards a health plan, for payment and operations (`to_plan`), agreed or not
    (45 CFR 164.522(a)(1)(vi); 42 CFR 2.26(a)(6)).
    """
    return missing(_BINDING, restriction, to_plan)
