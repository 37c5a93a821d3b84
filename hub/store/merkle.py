"""The Merkle tree of RFC 9162 §2.1, which is RFC 6962's: append, root, proofs, and their verification. Pure.

A tree of n leaves is a row of perfect subtrees. The leaf that completes a perfect subtree fixes its hash for ever, so a
store that keeps with each leaf the hashes it completed (two on average) can prove anything and never changes a row.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple, Self

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class Node(NamedTuple):
    """A perfect subtree: the 2**level leaves from leaf number * 2**level on."""

    level: int
    number: int

    @property
    def last_leaf(self) -> int:
        """The leaf that completed it."""
        return ((self.number + 1) << self.level) - 1


Reader = Callable[[Sequence[Node]], Sequence[bytes]]
"""Gives the hashes of complete subtrees, in the order asked; one call for everything a proof needs."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: O(log n) hashes that suffice to append and to know the root."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def of(cls, size: int, read: Reader) -> Self:
        """The frontier of a stored tree."""
        frontier = cls()
        frontier.size = size
        frontier._peaks = list(read(_peaks(0, size)))
        return frontier

    def append(self, leaf: bytes) -> list[bytes]:
        """Adds a leaf hash; gives the hashes of the subtrees it completes: its own first, then larger and larger."""
        completed = [leaf]
        open_to_the_left = self.size
        while open_to_the_left & 1:
            completed.append(node_hash(self._peaks.pop(), completed[-1]))
            open_to_the_left >>= 1
        self._peaks.append(completed[-1])
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return _fold(self._peaks)


def root(size: int, read: Reader) -> bytes:
    """The root of the first `size` leaves."""
    return _fold(read(_peaks(0, size)))


def inclusion(leaf: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of a leaf (from 0) in the tree of `size` leaves, lowest first (RFC 9162 §2.1.3.1)."""
    if not 0 <= leaf < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {leaf}.")
    start, stop, siblings = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if leaf < middle:
            siblings.append((middle, stop))
            stop = middle
        else:
            siblings.append((start, middle))
            start = middle
    return _roots(siblings[::-1], read)


def consistency(old: int, new: int, read: Reader) -> list[bytes]:
    """The proof that the tree of `new` leaves extends that of `old` (RFC 9162 §2.1.4.1); empty where nothing is new."""
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves does not extend one of {old}.")
    if old == 0:
        return []
    start, stop, parts = 0, new, []
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            parts.append((middle, stop))
            stop = middle
        else:
            parts.append((start, middle))
            start = middle
    if start > 0:
        parts.append((start, stop))
    return _roots(parts[::-1], read)


def includes(path: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes) -> bool:
    """Whether the path proves that the leaf hash stands at `index` in the tree of that root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            here, last = _up_to_a_right_child(here, last)
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def extends(proof: Sequence[bytes], *, old: int, old_root: bytes, new: int, new_root: bytes) -> bool:
    """Whether the proof shows that the new tree begins with the old one (RFC 9162 §2.1.4.2)."""
    if old == 0 or old >= new:
        return not proof and (old_root == EMPTY_ROOT if old < new else (old, old_root) == (new, new_root))
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        return False
    here, last = _skip_left_children(old - 1, new - 1)
    old_found = new_found = proof[0]
    for part in proof[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old_found, new_found = node_hash(part, old_found), node_hash(part, new_found)
            here, last = _up_to_a_right_child(here, last)
        else:
            new_found = node_hash(new_found, part)
        here, last = here >> 1, last >> 1
    return last == 0 and (old_found, new_found) == (old_root, new_root)


def _up_to_a_right_child(here: int, last: int) -> tuple[int, int]:
    """Climbs the levels at which a node at the right edge has no sibling."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _skip_left_children(here: int, last: int) -> tuple[int, int]:
    """Climbs to the largest perfect subtree that ends where the old tree ends."""
    while here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _peaks(start: int, stop: int) -> list[Node]:
    """The perfect subtrees that make up a range of leaves of the tree, largest first."""
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _roots(ranges: Iterable[tuple[int, int]], read: Reader) -> list[bytes]:
    """The root of each range of leaves, with one read for all."""
    parts = [_peaks(start, stop) for start, stop in ranges]
    hashes = iter(read([node for part in parts for node in part]))
    return [_fold([next(hashes) for _ in part]) for part in parts]
