"""Inclusion and consistency proofs of RFC 9162 §2.1.3 and §2.1.4, over leaf hashes.

A proof is a list of subtree roots. Which leaves each of them covers follows from the sizes alone,
so one pass over the leaves makes a proof: O(n) time, O(log n) memory. Indexes count from 0, as in
the RFC; sequence numbers of the journal count from 1.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ledger.merkle import HASH_BYTES
from ledger.merkle import Frontier
from ledger.merkle import node_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

_MOST_LEAVES = 2**63
_MOST_HASHES = 64  # a path in a tree of 2**63 leaves; no honest proof is longer


def inclusion_proof(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """``PATH(index, D[size])``, RFC 9162 §2.1.3.1: from the leaf's sibling up.

    Args:
        leaves: Leaf hashes in order, at least `size` of them.
        index: Which leaf, from 0.
        size: Of the tree that the proof is for.

    Raises:
        ValueError: There is no such leaf in a tree of this size, or there are too few leaves.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    ranges = _inclusion_ranges(index, size)
    # The leaf itself is read too, so that one that is missing is noticed.
    return _roots(leaves, [*ranges, (index, index + 1)])[:-1]


def consistency_proof(leaves: Iterable[bytes], first: int, second: int) -> list[bytes]:
    """``PROOF(first, D[second])``, RFC 9162 §2.1.4.1; empty for equal sizes.

    Args:
        leaves: Leaf hashes in order, at least `second` of them.
        first: Size of the older tree, at least 1.
        second: Size of the newer tree.

    Raises:
        ValueError: The older tree is empty or larger than the newer, or there are too few leaves.
    """
    if not 0 < first <= second:
        raise ValueError(f"there is no proof from a tree of {first} to one of {second}")
    return _roots(leaves, _consistency_ranges(first, second))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """RFC 9162 §2.1.3.2: whether `leaf` is number `index` (from 0) of the tree with this root.

    Whatever it is given, it answers; what is malformed proves nothing.
    """
    if not (_are_hashes([leaf, root, *proof]) and 0 <= index < size < _MOST_LEAVES):
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            fn, sn = _to_next_left(fn, sn)
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 §2.1.4.2: whether the tree of `second` leaves continues that of `first`.

    Equal sizes need equal roots and an empty proof. An empty older tree is refused: anything
    continues it, so it proves nothing.
    """
    if not (_are_hashes([first_root, second_root, *proof]) and 0 < first <= second < _MOST_LEAVES):
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    older = newer = path[0]
    for node in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            older, newer = node_hash(node, older), node_hash(node, newer)
            fn, sn = _to_next_left(fn, sn)
        else:
            newer = node_hash(newer, node)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and older == first_root and newer == second_root


def _inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Which leaves each hash of an inclusion proof covers, in the proof's order."""
    start, stop, ranges = 0, size, []
    while stop - start > 1:
        split = start + _left_size(stop - start)
        if index < split:
            ranges.append((split, stop))
            stop = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def _consistency_ranges(first: int, second: int) -> list[tuple[int, int]]:
    """The same of a consistency proof: ``SUBPROOF`` of the RFC, its recursion unrolled."""
    start, stop, ranges = 0, second, []
    while stop != first:
        split = start + _left_size(stop - start)
        if first <= split:
            ranges.append((split, stop))
            stop = split
        else:
            ranges.append((start, split))
            start = split
    if start:  # the older tree is not a whole subtree of the newer: its last part is told
        ranges.append((start, stop))
    return ranges[::-1]


def _left_size(size: int) -> int:
    """The largest power of two smaller than `size` (2 or more)."""
    return 1 << ((size - 1).bit_length() - 1)


def _roots(leaves: Iterable[bytes], ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """The root over each range of leaves, from one pass; the ranges do not overlap."""
    stream, at, roots = iter(leaves), 0, {}
    for start, stop in sorted(ranges):
        frontier = Frontier().extend(islice(stream, start - at, stop - at))
        if frontier.size != stop - start:
            raise ValueError(f"there are fewer than {stop} leaves")
        roots[start] = frontier.root()
        at = stop
    return [roots[start] for start, _ in ranges]


def _to_next_left(fn: int, sn: int) -> tuple[int, int]:
    """Up to the level on which the node is a right child, or the first of all."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _are_hashes(parts: Sequence[bytes]) -> bool:
    return len(parts) <= _MOST_HASHES + 2 and all(
        isinstance(part, bytes) and len(part) == HASH_BYTES for part in parts
    )
