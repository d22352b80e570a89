"""Merkle proofs: published vectors, an independent implementation, and everything hostile."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.merkle import node_hash
from ledger.proofs import consistency_proof
from ledger.proofs import inclusion_proof
from ledger.proofs import verify_consistency
from ledger.proofs import verify_inclusion
from tests.ledger.test_merkle import CT_LEAVES
from tests.ledger.test_merkle import CT_ROOTS

if TYPE_CHECKING:
    from collections.abc import Callable

CT_HASHES = [leaf_hash(leaf) for leaf in CT_LEAVES]
LEAF_0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_2 = "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"
LEAF_3 = "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LEAF_6 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
NODE_01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
NODE_23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
NODE_45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
NODE_46 = "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"
NODE_67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
NODE_03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
NODE_47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

# Certificate Transparency's reference tests: (index, size, proof) and (older, newer, proof).
CT_INCLUSIONS = [
    (0, 1, []),
    (0, 2, [LEAF_1]),
    (1, 2, [LEAF_0]),
    (2, 3, [NODE_01]),
    (1, 5, [LEAF_0, NODE_23, LEAF_4]),
    (0, 8, [LEAF_1, NODE_23, NODE_47]),
    (5, 8, [LEAF_4, NODE_67, NODE_03]),
]
CT_CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [LEAF_1, NODE_23, NODE_47]),
    (2, 5, [NODE_23, LEAF_4]),
    (6, 8, [NODE_45, NODE_67, NODE_03]),
    # RFC 9162 §2.1.5 draws these four.
    (3, 7, [LEAF_2, LEAF_3, NODE_01, NODE_46]),
    (4, 7, [NODE_46]),
    (6, 7, [NODE_45, LEAF_6, NODE_03]),
]


def grown(leaves: list[bytes]) -> bytes:
    return Frontier().extend(leaves).root()


def hashes(count: int, seed: int = 0) -> list[bytes]:
    return [leaf_hash(b"%d/%d" % (seed, number)) for number in range(count)]


@pytest.mark.parametrize(("index", "size", "told"), CT_INCLUSIONS)
def test_published_inclusion_proofs(index: int, size: int, told: list[str]) -> None:
    proof = inclusion_proof(CT_HASHES, index, size)
    assert [one.hex() for one in proof] == told
    assert verify_inclusion(CT_HASHES[index], index, size, proof, bytes.fromhex(CT_ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second", "told"), CT_CONSISTENCIES)
def test_published_consistency_proofs(first: int, second: int, told: list[str]) -> None:
    proof = consistency_proof(CT_HASHES, first, second)
    assert [one.hex() for one in proof] == told
    roots = (bytes.fromhex(CT_ROOTS[first - 1]), bytes.fromhex(CT_ROOTS[second - 1]))
    assert verify_consistency(first, second, *roots, proof)


def as_rfc(proof: Any) -> list[bytes]:
    """pymerkle's consistency proof as the RFC writes it.

    It always begins at a leaf or at the last part of the older tree, and marks which hashes make
    the older root; the RFC folds what stands right of the older tree, and leaves its root out.
    """
    older = proof.subset.index(1)
    last, rest = proof.path[older], proof.path[older + 1 :]
    right = proof.path[0]
    for one in proof.path[1:older]:
        right = node_hash(right, one)
    shown = [last] if sum(proof.subset) > 1 else []
    return [*shown, *([right] if older else []), *rest]


@pytest.mark.parametrize("seed", range(12))
def test_an_independent_implementation_agrees(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(1, 200)
    entries = [chance.randbytes(chance.randint(0, 40)) for _ in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    tree = InmemoryTree()
    tree.append_entries(entries)
    assert tree.get_root() == grown(leaves)
    for _ in range(30):
        second = chance.randint(1, size)
        first, index = chance.randint(1, second), chance.randrange(second)
        theirs = tree.prove_inclusion(index + 1, second)
        ours = inclusion_proof(leaves, index, second)
        assert ours == theirs.path[1:]
        assert verify_inclusion(leaves[index], index, second, ours, tree.get_root(second))
        growth = consistency_proof(leaves, first, second)
        assert growth == as_rfc(tree.prove_consistency(first, second))
        roots = (tree.get_root(first), tree.get_root(second))
        assert verify_consistency(first, second, *roots, growth)


def test_every_small_tree() -> None:
    leaves = hashes(20)
    for second in range(1, 21):
        newer = grown(leaves[:second])
        for first in range(1, second + 1):
            growth = consistency_proof(iter(leaves), first, second)
            assert verify_consistency(first, second, grown(leaves[:first]), newer, growth)
            proof = inclusion_proof(iter(leaves), first - 1, second)
            assert verify_inclusion(leaves[first - 1], first - 1, second, proof, newer)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda leaves: inclusion_proof(leaves, 3, 3), "no leaf 3 in a tree of 3"),
        (lambda leaves: inclusion_proof(leaves, -1, 3), "no leaf -1"),
        (lambda leaves: inclusion_proof(leaves, 0, 0), "tree of 0"),
        (lambda leaves: inclusion_proof(leaves, 8, 9), "fewer than 9"),
        (lambda leaves: inclusion_proof(leaves, 0, 9), "fewer than"),
        (lambda leaves: consistency_proof(leaves, 0, 3), "a tree of 0"),
        (lambda leaves: consistency_proof(leaves, 4, 3), "a tree of 4"),
        (lambda leaves: consistency_proof(leaves, 4, 9), "fewer than 9"),
    ],
)
def test_what_cannot_be_proved(make: Callable[[list[bytes]], list[bytes]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(CT_HASHES)


trees = st.integers(1, 80).flatmap(
    lambda second: st.tuples(st.integers(1, second), st.just(second), st.integers(0, 9))
)


def changed(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    """The proof with one byte flipped, or one hash dropped, added or moved."""
    kinds = ["add", *(["flip", "drop"] if proof else []), *(["swap"] if len(proof) > 1 else [])]
    kind = data.draw(st.sampled_from(kinds))
    at = data.draw(st.integers(0, max(0, len(proof) - 1)))
    if kind == "add":
        return [*proof[:at], data.draw(st.binary(min_size=32, max_size=32)), *proof[at:]]
    if kind == "drop":
        return proof[:at] + proof[at + 1 :]
    if kind == "swap":
        return proof[1:] + proof[:1]
    one = bytearray(proof[at])
    one[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    return [*proof[:at], bytes(one), *proof[at + 1 :]]


@given(trees, st.data())
def test_a_changed_inclusion_proof_is_refused(tree: tuple[int, int, int], data: Any) -> None:
    number, size, seed = tree
    leaves = hashes(size, seed)
    root, index, leaf = grown(leaves), number - 1, leaves[number - 1]
    proof = inclusion_proof(leaves, index, size)
    assert verify_inclusion(leaf, index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, changed(data, proof), root)
    assert not verify_inclusion(leaf_hash(leaf), index, size, proof, root)
    elsewhere = data.draw(st.integers(-2, size + 2).filter(lambda other: other != index))
    assert not verify_inclusion(leaf, elsewhere, size, proof, root)


@given(trees, st.data())
def test_a_changed_consistency_proof_is_refused(tree: tuple[int, int, int], data: Any) -> None:
    first, second, seed = tree
    leaves = hashes(second, seed)
    older, newer = grown(leaves[:first]), grown(leaves)
    proof = consistency_proof(leaves, first, second)
    assert verify_consistency(first, second, older, newer, proof)
    assert not verify_consistency(first, second, older, newer, changed(data, proof))
    assert not verify_consistency(first, second, leaf_hash(older), newer, proof)
    assert not verify_consistency(first, second, older, leaf_hash(newer), proof)


ROOT = bytes.fromhex(CT_ROOTS[7])


@pytest.mark.parametrize(
    ("first", "second", "older", "newer", "proof"),
    [
        (0, 8, grown([]), ROOT, []),
        (0, 0, grown([]), grown([]), []),
        (8, 8, ROOT, ROOT, [ROOT]),
        (8, 8, ROOT, CT_HASHES[0], []),
        (9, 8, ROOT, ROOT, []),
        (-1, 8, ROOT, ROOT, [ROOT]),
        (4, 8, ROOT, ROOT, []),
        (1, 2**63, CT_HASHES[0], ROOT, [ROOT] * 63),
        (1, 10**400, CT_HASHES[0], ROOT, [ROOT]),
        (6, 8, ROOT, ROOT, [b"", b"x", ROOT]),
        (6, 8, "text", ROOT, [ROOT]),
        (6, 8, ROOT, ROOT, [None, 5]),
        (6, 8, ROOT, ROOT, [ROOT] * 1_000_000),
    ],
)
def test_malformed_consistency_proofs(
    first: int, second: int, older: Any, newer: Any, proof: Any
) -> None:
    assert not verify_consistency(first, second, older, newer, proof)


@pytest.mark.parametrize(
    ("leaf", "index", "size", "proof"),
    [
        (ROOT, 0, 0, []),
        (ROOT, 1, 1, []),
        (ROOT, 0, 1, [ROOT]),
        (ROOT[:-1], 0, 1, []),
        (None, 0, 1, []),
        (ROOT, 0, 2**63, [ROOT] * 63),
        (ROOT, 10**400, 10**401, []),
        (ROOT, 0, 8, [b""] * 3),
        (ROOT, 0, 8, ["text"] * 3),
    ],
)
def test_malformed_inclusion_proofs(leaf: Any, index: int, size: int, proof: Any) -> None:
    assert not verify_inclusion(leaf, index, size, proof, ROOT)


def test_no_number_of_leaves_takes_more_than_their_hashing() -> None:
    leaves = hashes(4)
    size = 100_000
    stream = (leaves[number % 4] for number in range(size))  # never all in memory
    proof = inclusion_proof(stream, 77_777, size)
    root = Frontier().extend(leaves[number % 4] for number in range(size)).root()
    assert len(proof) == 17
    assert verify_inclusion(leaves[77_777 % 4], 77_777, size, proof, root)
