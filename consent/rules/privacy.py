"""What homeless services hold back of their own accord, whatever the law would permit: private records, new people.

A release does not open what an agency has marked private: in the systems that agencies work with the mark decides who
sees a record, and the release does not change it. So the one who denies counts, be it the person or the agency.
"""

from datetime import datetime, timedelta

from consent.given import HUB, Given
from consent.law import HMIS_LIMITS, HMIS_STANDARDS, HMIS_USES, cite
from consent.question import Question
from consent.rule import Effect, Finding, bars, does_not_apply, rule
from schemas.instruments import HmisPolicy


def _is_between_others(q: Question) -> bool:
    """Whether anyone would be told but the agency itself and the person."""
    return not (q.is_own_access or q.recipient_is_source)


@rule(
    "privacy.marked",
    None,
    Effect.BAR,
    (HMIS_LIMITS, cite("the agency's own privacy mark")),
    HMIS_STANDARDS,
    rows=(),
    given={Given.PRIVATE},
)
def marked(q: Question) -> Finding | None:
    """What its agency has marked private is told to the agency and the person alone, release or not."""
    if _is_between_others(q):
        return bars(q.fields, "The agency has marked this private.", "The agency takes the mark away.")
    return does_not_apply("The agency's own record, or the person's.")


@rule(
    "privacy.embargo",
    None,
    Effect.BAR,
    (HMIS_USES, cite("local policy")),
    HMIS_STANDARDS,
    rows=(),
    given={Given.EMBARGO},
)
def embargo(q: Question) -> Finding | None:
    """Of someone new to a source nothing is told before the days that the community allows for second thoughts."""
    policy, held = q.facts.policies.hmis, q.piece.hmis
    if policy is None or held is None:
        return None
    if not _is_between_others(q) or q.recipient.organization == HUB or _is_over(policy, held.known_since, q.at):
        return does_not_apply("The person is not new to the source, or it is told to the agency or the person.")
    return bars(q.fields, "The person is new to the source.", "Ask again when the days have passed.")


def _is_over(policy: HmisPolicy, since: datetime | None, at: datetime) -> bool:
    """Whether the days have passed; of someone of whom nobody knows since when, they have not."""
    return since is not None and at >= since + timedelta(policy.embargo_days)
