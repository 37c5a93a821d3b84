"""Where the records of a stretch of CSV end, found by looking at all of its bytes at once.

Quotes tell only as long as each stands where the format puts it: before a field, behind it, or doubled within. At the
first that does not, the marks end, and somebody else has to look (see `careful`). The same holds for a NUL and for a
record that is too long.
"""

import numpy as np
from numpy.typing import NDArray

LONGEST_RECORD = 1 << 17
_LF, _CR, _QUOTE, _COMMA = b'\n\r",'
_BESIDE_A_QUOTE = np.isin(np.arange(256), [_LF, _CR, _QUOTE, _COMMA])

Places = NDArray[np.intp]


class Marks:
    """The records at the beginning of a stretch: where each `ends`, and how many lines `before` each there are."""

    def __init__(self, stretch: bytes, *, last: bool) -> None:
        self._bytes = np.frombuffer(stretch, np.uint8)
        self._last = last
        quotes = np.flatnonzero(self._bytes == _QUOTE)
        line_ends = self._line_ends()
        even = np.flatnonzero(np.searchsorted(quotes, line_ends) % 2 == 0)
        self.ends: Places = line_ends[even]
        self.before: Places = np.concatenate(([0], even[:-1] + 1)) if len(even) else even
        self.lines = int(even[-1]) + 1 if len(even) else 0
        self._keep_up_to(self._first_odd(stretch, quotes), even)

    @property
    def size(self) -> int:
        """How many bytes the records take."""
        return int(self.ends[-1]) if len(self.ends) else 0

    @property
    def spans(self) -> Places:
        """How many lines each record takes."""
        return np.diff(self.before, append=self.lines)

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Which records are lines with nothing on them."""
        first = self._bytes[self._starts()]
        return np.isin(first, (_LF, _CR))

    def _starts(self) -> Places:
        return np.concatenate((np.zeros(1, np.intp), self.ends[:-1]))[: len(self.ends)]

    def _line_ends(self) -> Places:
        """Behind every line end that is whole, and behind the last line of all."""
        found, size = self._bytes, len(self._bytes)
        ends = np.flatnonzero(found == _LF)
        returns = np.flatnonzero(found == _CR)
        if len(returns):
            known = returns[returns < size - 1]
            alone = known[found[known + 1] != _LF]
            ends = np.sort(np.concatenate((ends, alone))) if len(alone) else ends
        ends = ends + 1
        if self._last and size and (not len(ends) or ends[-1] < size):
            ends = np.append(ends, size)
        return ends

    def _first_odd(self, stretch: bytes, quotes: Places) -> int:
        """Where the first byte is by which the marks may be wrong; behind the end where there is none."""
        size = len(stretch)
        opening, closing = quotes[::2], quotes[1::2]
        stray_opening = opening[(opening > 0) & ~_BESIDE_A_QUOTE[self._bytes[opening - 1]]]
        inner = closing[closing < size - 1]
        stray_closing = inner[~_BESIDE_A_QUOTE[self._bytes[inner + 1]]]
        left_open = opening[-1:] if len(quotes) % 2 and self._last else opening[:0]
        nul = stretch.find(b"\0")
        odd = [places[0] for places in (stray_opening, stray_closing, left_open) if len(places)]
        lengths = np.diff(self.ends, prepend=0)
        long = np.flatnonzero(lengths > LONGEST_RECORD)
        odd += list(self._starts()[long[:1]])
        return min([int(place) for place in odd] + ([nul] if nul >= 0 else []), default=size)

    def _keep_up_to(self, odd: int, even: Places) -> None:
        kept = int(np.searchsorted(self.ends, odd, side="right"))
        if kept < len(self.ends):
            self.lines = int(even[kept - 1]) + 1 if kept else 0
            self.ends, self.before = self.ends[:kept], self.before[:kept]
