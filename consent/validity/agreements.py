"""Agreements between organizations: whom they bind, whether they are in force, and what an audit may copy."""

from datetime import date

from consent.law import cfr42, cfr45, cite
from consent.validity.lack import Check, Lack, missing
from schemas.disclosure import Citation
from schemas.instruments import Agreement
from schemas.vocab import AgreementKind, AgreementTerm

Checks = tuple[Check[Agreement, date], ...]


def _names_two(paper: Agreement, _: date) -> bool:
    return len(set(paper.parties)) > 1


def _is_in_order(paper: Agreement, _: date) -> bool:
    return paper.until is None or paper.since <= paper.until


def _has_begun(paper: Agreement, today: date) -> bool:
    return paper.since <= today or not _is_in_order(paper, today)


def _has_not_ended(paper: Agreement, today: date) -> bool:
    return paper.until is None or today <= paper.until or not _is_in_order(paper, today)


def _in_force(law: Citation) -> Checks:
    """What every agreement needs. Of one whose days contradict each other only that is said."""
    return (
        (_names_two, Lack("It does not name two parties.", law, "Name both organizations that it binds.")),
        (_is_in_order, Lack("It ends before it begins.", law, "Correct its first or its last day.")),
        (_has_begun, Lack("It is not yet in force.", law, "Wait for its first day, or agree on an earlier one.")),
        (_has_not_ended, Lack("It is no longer in force.", law, "Renew it.")),
    )


_BY_KIND: dict[AgreementKind, Checks] = {
    AgreementKind.BUSINESS_ASSOCIATE: _in_force(cfr45("164.504(e)")),
    AgreementKind.QUALIFIED_SERVICE_ORGANIZATION: _in_force(cfr42("2.11")),
    AgreementKind.NETWORK_PARTICIPATION: _in_force(cite("network participation agreement")),
    AgreementKind.HMIS_DATA_SHARING: _in_force(cite("HMIS participation policy")),
    AgreementKind.BOOKING_DATA: _in_force(cite("memorandum on booking data")),
    AgreementKind.SERVICE_DATA: _in_force(cite("memorandum on service data")),
    AgreementKind.PART2_AUDIT: _in_force(cfr42("2.53(a)")),
    AgreementKind.PART2_CONTRACTOR: _in_force(cfr42("2.33(c)")),
}
_COPIES: Checks = (
    (
        lambda paper, _: AgreementTerm.COPIES_KEPT_SAFE_AND_DESTROYED in paper.terms,
        Lack(
            "It does not provide for copies, so that the auditor may only look.",
            cfr42("2.53(b)(1)"),
            "Agree in writing that copies are kept safe, and destroyed when the audit is done.",
        ),
    ),
)


def lacks(agreement: Agreement, today: date) -> tuple[Lack, ...]:
    """What an agreement lacks to be in force between its parties; its first and its last day count."""
    return missing(_BY_KIND[agreement.kind], agreement, today)


def lacks_for_copies(agreement: Agreement, today: date) -> tuple[Lack, ...]:
    """What an audit agreement lacks if the auditor copies or removes records instead of looking at them."""
    return lacks(agreement, today) + missing(_COPIES, agreement, today)
