"""The tree of the public log: hashes and proofs of RFC 9162 (section 2.1), kept in tiles as in C2SP tlog-tiles.

A tile of level L holds up to 256 hashes, 32 bytes each, of the perfect subtrees of 256**L leaves. All that is ever
asked of a tree of any size (its root, a proof, the next leaf's place) is computed from a few tiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH = 32
WIDTH = 256  # hashes in a full tile
EMPTY = hashlib.sha256(b"").digest()

Place = tuple[int, int]  # level and index of a tile
Read = Callable[[int, int], bytes]  # the bytes of a tile, b"" where there is none


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; over any row of a tree where their number is a power of two."""
    if not hashes:
        return EMPTY
    row = list(hashes)
    while len(row) > 1:  # an odd one at the end waits for its left sibling: the same as splitting at powers of two
        paired = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = paired + row[len(row) & ~1 :]
    return row[0]


def extend(read: Read, size: int, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """The tiles that change, whole, when leaf hashes are appended to a tree of `size` leaves."""
    changed: dict[Place, bytes] = {}
    level, start, added = 0, size, b"".join(leaves)
    while added:
        first = start // WIDTH
        begun = read(level, first) if start % WIDTH else b""
        row = begun[: start % WIDTH * HASH] + added
        parents = []
        for offset in range(0, len(row), WIDTH * HASH):
            tile = row[offset : offset + WIDTH * HASH]
            changed[level, first + offset // (WIDTH * HASH)] = tile
            if len(tile) == WIDTH * HASH:
                parents.append(root_of(_hashes(tile)))
        level, start, added = level + 1, first, b"".join(parents)
    return changed


class Tree:
    """A tree of `size` leaves, read from tiles. Sizes up to the present one are all trees that ever were."""

    def __init__(self, size: int, read: Read) -> None:
        self.size, self.read = size, read

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (all of them by default)."""
        return self._range(0, self.size if size is None else size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from leaf `index` to the root of the first `size` leaves (RFC 9162, 2.1.3)."""
        if not 0 <= index < size <= self.size:
            raise ValueError("no such leaf in a tree of this size")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the first `second` leaves begin with the first `first` ones (RFC 9162, 2.1.4)."""
        if not 0 <= first <= second <= self.size:
            raise ValueError("no trees of these sizes")
        if first in (0, second):
            return []
        path: list[bytes] = []
        low, high, whole = 0, second, True
        while first != high:
            middle = low + _split(high - low)
            if first <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, whole = middle, False
        return ([] if whole else [self._range(low, high)]) + path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        """The hash over leaves low..high, as it stands in a tree: split at the largest powers of two."""
        if low == high:
            return EMPTY
        parts, at = [], low
        while at < high:
            bits = (high - at).bit_length() - 1
            if at:
                bits = min(bits, (at & -at).bit_length() - 1)
            parts.append(self._perfect(bits, at >> bits))
            at += 1 << bits
        joined = parts.pop()
        while parts:
            joined = node_hash(parts.pop(), joined)
        return joined

    def _perfect(self, bits: int, index: int) -> bytes:
        """The root of the perfect subtree number `index` among those of 2**bits leaves."""
        level, within = divmod(bits, 8)
        start = index << within  # among the hashes of that level
        tile = self.read(level, start // WIDTH)
        offset = start % WIDTH * HASH
        part = tile[offset : offset + (HASH << within)]
        if len(part) != HASH << within:
            raise ValueError("a tile is missing or short")
        return root_of(_hashes(part))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does the path lead from the leaf's hash to the root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size:
        return False
    at, last, made = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = node_hash(sibling, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = node_hash(made, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and made == root


def verify_consistency(first: int, second: int, path: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Is the second tree the first one with leaves appended? (RFC 9162, 2.1.4.2)"""
    if not 0 <= first <= second:
        return False
    if first in (0, second):
        return not path and (first == 0 or old == new)
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old and after == new


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _hashes(row: bytes) -> list[bytes]:
    return [row[i : i + HASH] for i in range(0, len(row), HASH)]
