"""The tree against the vectors of Certificate Transparency, and against RFC 9162 written down word for word."""

from __future__ import annotations

import hashlib
import random

import pytest

from wsis_voting.public_log.rules.merkle import (
    HASH,
    WIDTH,
    Tree,
    extend,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots of the first 1 to 8 of them, as the tests of Certificate Transparency have them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(hashes: list[bytes], steps: list[int]) -> Tree:
    """A tree that was appended to in steps of these sizes."""
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        more = hashes[size : size + step]
        tiles.update(extend(lambda level, index: tiles.get((level, index), b""), size, more))
        size += len(more)
    assert size == len(hashes)
    return Tree(size, lambda level, index: tiles.get((level, index), b""))


def mth(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    k = max(2**n for n in range(20) if 2**n < len(hashes))
    return hashlib.sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def made(count: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(count)]


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_certificate_transparency(count: int) -> None:
    hashes = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:count]]
    assert root_of(hashes).hex() == ROOTS[count - 1]
    assert grown(hashes, [1] * count).root().hex() == ROOTS[count - 1]


def test_every_proof_of_every_small_tree_holds_and_holds_nowhere_else() -> None:
    hashes = made(40)
    tree = grown(hashes, [7, 1, 25, 7])
    roots = [mth(hashes[:size]) for size in range(41)]
    for size in range(1, 41):
        assert tree.root(size) == roots[size]
        for index in range(size):
            path = tree.inclusion(index, size)
            assert verify_inclusion(hashes[index], index, size, path, roots[size])
            assert not verify_inclusion(hashes[index], index ^ 1, size, path, roots[size])
            assert not verify_inclusion(hashes[index], index, size, path, roots[size - 1])
            assert not verify_inclusion(hashes[index], index, size, [*path, roots[1]], roots[size])
            assert not path or not verify_inclusion(hashes[index], index, size, path[:-1], roots[size])
        for first in range(size + 1):
            path = tree.consistency(first, size)
            assert verify_consistency(first, size, path, roots[first], roots[size])
            if 0 < first < size:
                assert not verify_consistency(first, size, path, roots[first - 1], roots[size])
                assert not verify_consistency(first, size, path, roots[first], roots[size - 1])
                assert not verify_consistency(first, size, path[:-1], roots[first], roots[size])
                assert not verify_consistency(first, size, [*path, roots[1]], roots[first], roots[size])


@pytest.mark.parametrize("size", [255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_001])
def test_trees_over_several_tiles_are_the_same_however_they_grew(size: int) -> None:
    hashes, chance = made(size), random.Random(size)
    steps: list[int] = []
    while sum(steps) < size:
        steps.append(min(size - sum(steps), chance.choice([1, 100, 256, 700, 9000])))
    tree = grown(hashes, steps)
    root = root_of(hashes)
    assert tree.root() == root == grown(hashes, [size]).root()
    for index in {0, size // 3, size - 1}:
        assert verify_inclusion(hashes[index], index, size, tree.inclusion(index, size), root)
    for first in {1, size // 2, size - 1}:
        assert verify_consistency(first, size, tree.consistency(first, size), tree.root(first), root)


def test_tiles_are_those_of_tlog_tiles() -> None:
    hashes = made(WIDTH * 3 + 5)
    tree = grown(hashes, [len(hashes)])
    assert tree.read(0, 1) == b"".join(hashes[WIDTH : 2 * WIDTH])
    assert tree.read(0, 3) == b"".join(hashes[-5:])
    assert tree.read(1, 0) == b"".join(root_of(hashes[n * WIDTH : (n + 1) * WIDTH]) for n in range(3))
    assert len(tree.read(1, 0)) == 3 * HASH
    assert tree.read(2, 0) == b""


def test_proofs_of_trees_that_are_not_there_are_refused() -> None:
    tree = grown(made(10), [10])
    for index, size in ((10, 10), (0, 11), (-1, 5)):
        with pytest.raises(ValueError, match="no such leaf"):
            tree.inclusion(index, size)
    for first, second in ((0, 11), (6, 5)):
        with pytest.raises(ValueError, match="no trees"):
            tree.consistency(first, second)
