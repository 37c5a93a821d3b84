"""What a purpose covers. HL7's tree is not followed: only what stands here covers anything but itself."""

from collections.abc import Collection

from schemas.vocab import Purpose

TREATMENT = frozenset({Purpose.TREAT, Purpose.COC, Purpose.ETREAT})
OPERATIONS = frozenset({Purpose.HOPERAT, Purpose.HQUALIMP})
TPO = TREATMENT | OPERATIONS | {Purpose.HPAYMT}
"""Treatment, payment and health care operations."""

CUSTODIAL = frozenset({Purpose.CUSTODY_CARE, Purpose.CUSTODY_SAFETY})
POLICE = frozenset({Purpose.LAW_ENFORCEMENT, Purpose.LOCATE_PERSON})
ADVERSE = POLICE | {Purpose.HLEGAL}
"""Use against the person: proceedings, investigation, prosecution (42 CFR 2.12(d)(1); 42 U.S.C. 290dd-2(c))."""

REPORTS = frozenset({Purpose.CHILD_PROTECTION, Purpose.ADULT_PROTECTION, Purpose.MANDATED_REPORT})
FAMILY = frozenset({Purpose.FAMRQT, Purpose.PATRQT})

_COVERED_BY = {purpose: frozenset({purpose}) for purpose in Purpose} | {
    Purpose.COC: frozenset({Purpose.COC, Purpose.TREAT}),
    Purpose.ETREAT: frozenset({Purpose.ETREAT, Purpose.TREAT}),
    Purpose.HQUALIMP: frozenset({Purpose.HQUALIMP, Purpose.HOPERAT}),
}


def covers(stated: Collection[Purpose], asked: Purpose, *, at_persons_request: bool = False) -> bool:
    """Whether the stated purposes cover the one asked; the person's own request covers all but proceedings."""
    if not _COVERED_BY[asked].isdisjoint(stated):
        return True
    return at_persons_request and Purpose.PATRQT in stated and asked is not Purpose.HLEGAL
