"""What paired times say: is one side slower, by how much, and how sure is that?

Times that follow each other are not independent, so the two of a pair are asked in random order and only their
difference counts; medians, because a scheduler's hiccup says nothing about a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.99
RESAMPLES = 2_000


@dataclass(frozen=True)
class Evidence:
    """All in microseconds; `low` and `high` bound the median difference with 99 % confidence."""

    pairs: int
    known: float
    stranger: float
    difference: float
    low: float
    high: float
    wilcoxon: float
    sign: float

    def __str__(self) -> str:
        return (
            f"{self.known / 1000:.3f} ms and {self.stranger / 1000:.3f} ms, median difference {self.difference:+.1f} us"
            f" [{self.low:+.1f}, {self.high:+.1f}], Wilcoxon p {self.wilcoxon:.2g}, sign p {self.sign:.2g},"
            f" n {self.pairs:,}"
        )

    def is_within(self, bound: float) -> bool:
        """Whether the whole interval lies within so many microseconds of no difference."""
        return -bound <= self.low and self.high <= bound

    def finds(self, bound: float) -> bool:
        """Whether the whole interval lies beyond the bound: a difference that cannot be missed."""
        return self.low > bound or self.high < -bound


def evidence(known: Sequence[int], stranger: Sequence[int]) -> Evidence:
    """What so many pairs of nanoseconds say."""
    one, other = (np.asarray(side, dtype=float) / 1000 for side in (known, stranger))
    differences = one - other
    low, high = _interval(differences)
    above = int((differences > 0).sum())
    return Evidence(
        pairs=len(differences),
        known=float(np.median(one)),
        stranger=float(np.median(other)),
        difference=float(np.median(differences)),
        low=low,
        high=high,
        wilcoxon=float(stats.wilcoxon(differences).pvalue),
        sign=float(stats.binomtest(above, len(differences)).pvalue),
    )


def _interval(differences: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, float]:
    """Of the median, by bootstrap."""
    drawn = np.random.default_rng(7)
    medians = [np.median(drawn.choice(differences, size=len(differences), replace=True)) for _ in range(RESAMPLES)]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(medians, [tail, 1 - tail])
    return float(low), float(high)
