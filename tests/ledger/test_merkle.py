"""The tree of RFC 9162: published vectors, and the recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import EMPTY_ROOT
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.merkle import node_hash

# Leaves and roots of sizes 1 to 8 of Certificate Transparency's reference test.
CT_LEAVES = [
    bytes.fromhex(h)
    for h in (
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


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


def grown(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf_hash(leaf))
    return frontier


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert grown(CT_LEAVES[:size]).root().hex() == CT_ROOTS[size - 1]


def test_the_empty_root() -> None:
    assert Frontier().root() == EMPTY_ROOT


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_frontier_gives_the_recursive_root(leaves: list[bytes]) -> None:
    assert grown(leaves).root() == recursive_root(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_a_frontier_survives_its_bytes(leaves: list[bytes]) -> None:
    frontier = grown(leaves)
    assert Frontier.from_bytes(frontier.size, frontier.to_bytes()) == frontier


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size 3"):
        Frontier.from_bytes(3, b"\x00" * 32)
