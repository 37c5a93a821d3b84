"""The Merkle tree against the vectors of Certificate Transparency, RFC 9162's own definitions, and mutations."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store import merkle
from hub.store.merkle import EMPTY_ROOT, Frontier, Node, leaf_hash, node_hash

CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 33


class Kept:
    """A tree that keeps, with each leaf, the hashes it completed."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        frontier = Frontier()
        self.leaves = leaves
        self.completed = [frontier.append(leaf_hash(leaf)) for leaf in leaves]

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        return [self.completed[node.last_leaf][node.level] for node in nodes]


def numbered(size: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(size)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 defines it, recursively."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(defined_root(leaves[:middle]), defined_root(leaves[middle:]))


ROOTS = [defined_root(numbered(size)) for size in range(LARGEST + 1)]
TREE = Kept(numbered(LARGEST))


def flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


class TestRoot:
    def test_of_no_leaves_is_the_hash_of_nothing(self) -> None:
        assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @pytest.mark.parametrize("size", range(1, 9))
    def test_is_that_of_certificate_transparency(self, size: int) -> None:
        tree = Kept(CT_LEAVES)

        assert merkle.root(size, tree.read).hex() == CT_ROOTS[size - 1]

    def test_is_the_defined_one_at_every_size(self) -> None:
        assert [merkle.root(size, TREE.read) for size in range(LARGEST + 1)] == ROOTS

    def test_of_a_frontier_taken_up_again_is_the_same(self) -> None:
        for size in range(LARGEST):
            frontier = Frontier.of(size, TREE.read)
            frontier.append(leaf_hash(TREE.leaves[size]))

            assert (frontier.size, frontier.root()) == (size + 1, ROOTS[size + 1])


class TestInclusion:
    def test_of_every_leaf_in_every_tree_is_proved_and_nowhere_else(self) -> None:
        for size in range(1, LARGEST + 1):
            for leaf in range(size):
                path = merkle.inclusion(leaf, size, TREE.read)
                proved = [
                    index
                    for index in range(size)
                    if merkle.includes(
                        path, leaf=leaf_hash(TREE.leaves[leaf]), index=index, size=size, root=ROOTS[size]
                    )
                ]
                assert proved == [leaf]

    def test_in_certificate_transparencys_tree_of_seven(self) -> None:
        path = merkle.inclusion(0, 7, Kept(CT_LEAVES).read)

        assert merkle.includes(path, leaf=leaf_hash(CT_LEAVES[0]), index=0, size=7, root=bytes.fromhex(CT_ROOTS[6]))

    @settings(deadline=None)
    @given(data=st.data(), size=st.integers(1, LARGEST))
    def test_fails_after_any_change(self, data: st.DataObject, size: int) -> None:
        index = data.draw(st.integers(0, size - 1))
        path = merkle.inclusion(index, size, TREE.read)
        changed = data.draw(st.sampled_from(_changed_proofs(path)))

        assert not merkle.includes(
            changed, leaf=leaf_hash(TREE.leaves[index]), index=index, size=size, root=ROOTS[size]
        )

    def test_of_another_leaf_or_root_fails(self) -> None:
        path = merkle.inclusion(3, 9, TREE.read)
        here = leaf_hash(TREE.leaves[3])

        assert merkle.includes(path, leaf=here, index=3, size=9, root=ROOTS[9])
        assert not merkle.includes(path, leaf=flipped(here), index=3, size=9, root=ROOTS[9])
        assert not merkle.includes(path, leaf=here, index=3, size=9, root=ROOTS[10])
        assert not merkle.includes(path, leaf=here, index=9, size=9, root=ROOTS[9])

    def test_beyond_the_tree_cannot_be_asked(self) -> None:
        with pytest.raises(ValueError, match="has no leaf 9"):
            merkle.inclusion(9, 9, TREE.read)


class TestConsistency:
    def test_of_every_two_sizes_is_proved(self) -> None:
        for new in range(LARGEST + 1):
            for old in range(new + 1):
                proof = merkle.consistency(old, new, TREE.read)

                assert merkle.extends(proof, old=old, old_root=ROOTS[old], new=new, new_root=ROOTS[new])

    def test_fails_for_a_tree_of_another_history(self) -> None:
        other = Kept([b"rewritten", *numbered(LARGEST)[1:]])
        for old, new in pairwise(range(1, LARGEST + 1)):
            proof = merkle.consistency(old, new, other.read)

            assert not merkle.extends(
                proof, old=old, old_root=ROOTS[old], new=new, new_root=merkle.root(new, other.read)
            )

    @settings(deadline=None)
    @given(data=st.data(), new=st.integers(2, LARGEST))
    def test_fails_after_any_change(self, data: st.DataObject, new: int) -> None:
        old = data.draw(st.integers(1, new - 1))
        proof = merkle.consistency(old, new, TREE.read)
        changed = data.draw(st.sampled_from(_changed_proofs(proof)))

        assert not merkle.extends(changed, old=old, old_root=ROOTS[old], new=new, new_root=ROOTS[new])

    def test_of_a_tree_with_itself_needs_the_same_root(self) -> None:
        assert merkle.extends([], old=5, old_root=ROOTS[5], new=5, new_root=ROOTS[5])
        assert not merkle.extends([], old=5, old_root=ROOTS[5], new=5, new_root=ROOTS[6])
        assert not merkle.extends([], old=0, old_root=ROOTS[1], new=5, new_root=ROOTS[5])

    def test_backwards_cannot_be_asked(self) -> None:
        with pytest.raises(ValueError, match="does not extend"):
            merkle.consistency(6, 5, TREE.read)


def _changed_proofs(proof: list[bytes]) -> list[list[bytes]]:
    """Every way to flip, drop or repeat one part, and one too many."""
    places = range(len(proof))
    flips = [[*proof[:at], flipped(proof[at]), *proof[at + 1 :]] for at in places]
    drops = [[*proof[:at], *proof[at + 1 :]] for at in places]
    repeats = [[*proof[: at + 1], *proof[at:]] for at in places]
    return [*flips, *drops, *repeats, [*proof, EMPTY_ROOT]]
