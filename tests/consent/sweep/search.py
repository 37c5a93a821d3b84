"""The least evidence with which anything goes: every bundle is settled by those that open and those that do not.

Evidence only ever adds: a bundle that opens something still does when more is laid on the table (the tests of the
sweep see to it that this holds). So a cell is known whole once its smallest bundles that open are found, and once all
evidence that contains none of them is shown to open nothing.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable

from tests.consent.sweep.evidence import NOTHING, Bundle, in_order

Opens = Callable[[Bundle], bool]


def smallest_bundles(opens: Opens, spaces: Iterable[Bundle], likely: Iterable[Bundle] = ()) -> list[Bundle]:
    """Every bundle in these spaces that opens, and no part of which does; the likely ones are tried first."""
    found: list[Bundle] = []
    for space in spaces:
        _search(opens, space, found, tuple(likely))
    return [bundle for bundle in found if not any(other < bundle for other in found)]


def _search(opens: Opens, space: Bundle, found: list[Bundle], likely: tuple[Bundle, ...]) -> None:
    """Leaves out, in every way, one piece of each bundle found, until what remains opens nothing."""
    waiting, tried = [NOTHING], set[Bundle]()
    while waiting:
        left_out = waiting.pop()
        if left_out in tried:
            continue
        tried.add(left_out)
        bundle = _bundle_within(opens, space - left_out, found, likely)
        waiting += [] if bundle is None else [left_out | {each} for each in in_order(bundle)]


def _bundle_within(opens: Opens, space: Bundle, found: list[Bundle], likely: tuple[Bundle, ...]) -> Bundle | None:
    """A smallest bundle within this space, one already found if there is one."""
    for known in found:
        if known <= space:
            return known
    if not opens(space):
        return None
    start = next((bundle for bundle in likely if bundle <= space and opens(bundle)), space)
    found.append(_shrunk(opens, start))
    return found[-1]


def _shrunk(opens: Opens, bundle: Bundle) -> Bundle:
    """The part of a bundle that is needed, found piece by piece by halving."""
    needed, rest = NOTHING, in_order(bundle)
    while not opens(needed):
        sofar = needed
        last = bisect_left(range(len(rest) + 1), True, key=lambda n: opens(sofar.union(rest[:n])))
        needed, rest = needed | {rest[last - 1]}, rest[: last - 1]
    return needed
