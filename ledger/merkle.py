"""The Merkle tree of RFC 9162 §2.1, with SHA-256; no variation.

An append needs only the *frontier*: the roots of the perfect subtrees that the leaves so far
form, largest first. There are as many as the size has one-bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """``SHA-256(0x00 ‖ data)``, RFC 9162 §2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``SHA-256(0x01 ‖ left ‖ right)``, RFC 9162 §2.1.1."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's size and the roots of its perfect subtrees, largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier with more leaf hashes, in their order; quicker than one by one."""
        roots, size = list(self.roots), self.size
        for leaf in leaves:
            node, merges = leaf, size
            while merges & 1:
                node = node_hash(roots.pop(), node)
                merges >>= 1
            roots.append(node)
            size += 1
        return Frontier(size, tuple(roots))

    def root(self) -> bytes:
        """The tree's root: the subtrees folded from the smallest up."""
        if not self.roots:
            return EMPTY_ROOT
        *larger, node = self.roots
        for left in reversed(larger):
            node = node_hash(left, node)
        return node

    def to_bytes(self) -> bytes:
        """The roots, one after the other."""
        return b"".join(self.roots)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """The inverse of `to_bytes`.

        Raises:
            ValueError: There are not as many roots as a tree of this size has.
        """
        if len(data) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a frontier of {len(data)} bytes does not fit size {size}")
        parts = range(0, len(data), HASH_BYTES)
        return cls(size, tuple(data[i : i + HASH_BYTES] for i in parts))
