"""What state law cannot open: it may add to what Part 2 and the law on victim services ask, and opens neither."""

from consent.provenance import is_part2
from consent.question import Question
from schemas.vocab import Capacity, Purpose


def no_state_compels(q: Question) -> bool:
    """A Part 2 record: no state law authorizes or compels a disclosure of it (42 CFR 2.20).

    The report of child abuse apart, which Part 2 itself leaves to the states (2.12(c)(6)).
    """
    return is_part2(q.piece) and q.purpose is not Purpose.CHILD_PROTECTION


def no_state_permits(q: Question) -> bool:
    """A Part 2 record, or what a victim service knows: that a state lets it be told is not enough.

    A statute that compels is, for the latter: federal law says so itself (34 U.S.C. 12291(b)(2)(C)).
    """
    return is_part2(q.piece) or q.source_is(Capacity.VICTIM_SERVICE_PROVIDER)
