"""Research approval: a waiver of authorization (45 CFR 164.512(i)), and human-subjects rules (42 CFR 2.52)."""

from consent.law import cfr42, cfr45
from consent.validity.lack import Check, Lack, missing
from schemas.instruments import Research
from schemas.vocab import ResearchDocument

NO_APPROVAL = Research(documents=())

_WAIVER: tuple[Check[Research, None], ...] = (
    (
        lambda approval, _: ResearchDocument.PRIVACY_BOARD_WAIVER in approval.documents,
        Lack(
            "No review or privacy board has waived authorization.",
            cfr45("164.512(i)(1)(i)"),
            "A waiver by a board, or an authorization of each person.",
        ),
    ),
)
_HUMAN_SUBJECTS: tuple[Check[Research, None], ...] = (
    (
        lambda approval, _: ResearchDocument.HUMAN_SUBJECTS_COMPLIANCE in approval.documents,
        Lack(
            "Compliance with human-subjects rules is not shown.",
            cfr42("2.52(a)"),
            "The documents that 42 CFR 2.52(a) names.",
        ),
    ),
)


def lacks_under_hipaa(approval: Research | None) -> tuple[Lack, ...]:
    """What a study, or one without any approval, lacks to receive records under HIPAA."""
    return missing(_WAIVER, approval or NO_APPROVAL, None)


def lacks_under_part2(approval: Research | None) -> tuple[Lack, ...]:
    """What a study, or one without any approval, lacks to receive records under Part 2."""
    return missing(_HUMAN_SUBJECTS, approval or NO_APPROVAL, None)


def lacks(approval: Research) -> tuple[Lack, ...]:
    """What a study lacks under either law, for whoever files its approval."""
    return lacks_under_hipaa(approval) + lacks_under_part2(approval)
