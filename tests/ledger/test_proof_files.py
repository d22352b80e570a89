"""Proofs that travel: made from a ledger, checked without it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import book
from ledger.checkpoints import Checkpoint
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.errors import NotFoundError
from ledger.errors import ReadError
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.proof_check import check_proofs
from ledger.proof_files import EventProof
from ledger.proof_files import GrowthProof
from ledger.proof_files import first_event_of
from ledger.proof_files import parse_proof
from ledger.proof_files import prove_event
from ledger.proof_files import prove_since
from ledger.proofs import consistency_proof
from ledger.proofs import inclusion_proof
from tests.ledger.test_agreement import grow
from tests.ledger.test_verify import tamper

if TYPE_CHECKING:
    from ledger.store import Ledger

BODIES = [b"zero", b"one", b"two"]
LEAVES = [leaf_hash(body) for body in BODIES]
THREE = Checkpoint("example.com/log", 3, Frontier().extend(LEAVES).root())
TWO = Checkpoint("example.com/log", 2, Frontier().extend(LEAVES[:2]).root())


def event_proof(index: int) -> EventProof:
    hashes = tuple(inclusion_proof(LEAVES, index, 3))
    return EventProof(index, hashes, THREE, BODIES[index])


def test_the_form_is_c2sp_s() -> None:
    lines = event_proof(1).text().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra b25l", "index 1"]
    assert len(lines[3]) == len(lines[4]) == 44
    assert lines[5] == ""
    assert "\n".join(lines[6:]) == THREE.text()
    growth = GrowthProof(2, (LEAVES[2],), THREE).text().split("\n")
    assert growth[0] == "old 2"
    assert growth[2:4] == ["", "example.com/log"]


def test_a_proof_survives_its_text() -> None:
    for index in range(3):
        proof = event_proof(index)
        assert proof.holds()
        assert parse_proof(proof.text(), name="p") == proof
        assert parse_proof(proof.text().replace("\n", "\r\n"), name="p") == proof
        assert parse_proof(proof.text() + "\n— a.example/log AAAA\n", name="p") == proof
    growth = GrowthProof(2, (LEAVES[2],), THREE)
    assert growth.holds(TWO)
    assert parse_proof(growth.text(), name="p") == growth


def test_every_event_of_a_ledger_can_be_proved(ledger: Ledger) -> None:
    held = grow(ledger, 11)
    with ledger.read() as conn:
        proofs = [prove_event(conn, seq) for seq in range(1, 12)]
        growth = [prove_since(conn, one) for one in held[1:]]
        assert first_event_of(conn, 4) == 4
    assert all(proof.holds() and proof.checkpoint == held[-1] for proof in proofs)
    assert all(proof.holds(old) for proof, old in zip(growth, held[1:], strict=True))
    assert b'"statement":"Claim 4"' in proofs[4].body


def test_what_cannot_be_proved(ledger: Ledger) -> None:
    held = grow(ledger, 3)
    later = Checkpoint(held[0].origin, 4, leaf_hash(b""))
    forged = Checkpoint(held[0].origin, 2, leaf_hash(b""))
    with ledger.read() as conn:
        for seq in (0, 4, -1, 10**12):
            with pytest.raises(NotFoundError, match="there is no event"):
                prove_event(conn, seq)
        with pytest.raises(NotFoundError, match="no prediction 9"):
            first_event_of(conn, 9)
        for old, said in [
            (held[0], "saw 0 events"),
            (later, "saw 4 events, the journal holds 3"),
            (forged, "is not what the checkpoint saw"),
            (THREE, "another ledger"),
        ]:
            with pytest.raises(ConflictError, match=said):
                prove_since(conn, old)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET leaf = x'00' WHERE seq = 2", "DELETE FROM event WHERE seq = 3"],
)
def test_a_damaged_journal_proves_nothing(ledger: Ledger, statement: str) -> None:
    held = grow(ledger, 3)
    tamper(ledger, statement)
    with ledger.read() as conn:
        with pytest.raises(LedgerError, match="calledit verify"):
            prove_event(conn, 1)
        with pytest.raises((LedgerError, ConflictError), match="calledit verify"):
            prove_since(conn, held[1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), "no old line"),
        (("index 1", "index 01"), "leading zeroes"),
        (("index 1", "index -1"), "no index line"),
        (("index 1", "index " + "9" * 5_000), "no index line"),
        (("extra ", "Extra "), "extra line"),
        (("extra ", "extra !"), "not base64"),
        (("index 1\n", "index 1\nAAAA\n"), "SHA-256"),
        (("index 1\n", "index 1\n" + ("A" * 43 + "=\n") * 70), "too many"),
        (("\n\n", "\n"), "is not a proof"),
        (("\n3\n", "\nx\n"), "not a checkpoint"),
    ],
)
def test_what_is_no_proof(change: tuple[str, str], said: str) -> None:
    text = event_proof(1).text()
    assert change[0] in text
    with pytest.raises(ReadError, match=said):
        parse_proof(text.replace(*change), name="p")


@given(st.integers(0, 400), st.characters())
def test_one_changed_character_is_never_a_proof_of_something_else(at: int, other: str) -> None:
    """Refused, unproved, or still this very event of this very checkpoint."""
    good = event_proof(1).text()
    text = good[: at % len(good)] + other + good[at % len(good) + 1 :]
    with suppress(ReadError):
        proof = parse_proof(text, name="p")
        assert isinstance(proof, EventProof)
        anchored = proof.checkpoint == THREE
        assert not (proof.holds() and anchored) or (proof.index, proof.body) == (1, b"one")


def test_what_a_reader_learns() -> None:
    event, growth = event_proof(0), GrowthProof(2, (LEAVES[2],), THREE)
    (alone,) = check_proofs([("e", event)], [])
    assert (alone.problem, alone.anchored) == ("", False)
    (held,) = check_proofs([("e", event)], [THREE])
    assert (held.problem, held.anchored) == ("", True)
    (older,) = check_proofs([("e", event)], [TWO])
    assert "of which no checkpoint is held" in older.problem
    chain = check_proofs([("e", event), ("g", growth)], [TWO])
    assert [(one.name, one.problem, one.anchored) for one in chain] == [
        ("g", "", True),
        ("e", "", True),
    ]


def test_what_a_reader_is_warned_of() -> None:
    forged = Checkpoint(THREE.origin, 3, leaf_hash(b""))
    moved = EventProof(1, event_proof(0).hashes, THREE, BODIES[0])
    growth = GrowthProof(2, (LEAVES[2],), THREE)
    unknown = check_proofs([("g", growth)], [THREE])
    split = check_proofs([("g", growth)], [Checkpoint(TWO.origin, 2, leaf_hash(b""))])
    other = check_proofs([("g", growth)], [Checkpoint("example.com/other", 2, TWO.root)])
    assert "starts from 2 events, of which no checkpoint" in unknown[0].problem
    assert "does not lead from" in split[0].problem
    assert "does not lead from" in other[0].problem
    assert "is not number 2" in check_proofs([("e", moved)], [])[0].problem
    assert "not the one that is held" in check_proofs([("e", event_proof(0))], [forged])[0].problem


def forked(size: int) -> tuple[GrowthProof, EventProof]:
    """From TWO to a forger's history of so many events, and an event of it."""
    bodies = [*BODIES[:2], *(b"forged %d" % number for number in range(2, size))]
    leaves = [leaf_hash(body) for body in bodies]
    end = Checkpoint(TWO.origin, size, Frontier().extend(leaves).root())
    growth = GrowthProof(2, tuple(consistency_proof(leaves, 2, size)), end)
    last = tuple(inclusion_proof(leaves, size - 1, size))
    return growth, EventProof(size - 1, last, end, bodies[-1])


@pytest.mark.parametrize("size", [3, 4, 5, 6, 9])
@pytest.mark.parametrize("later", [[], [b"three", b"four"]])
def test_a_split_view_is_refused(size: int, later: list[bytes]) -> None:
    """Who knows the history before a checkpoint can continue it; who holds a later one is safe."""
    leaves = [*LEAVES, *map(leaf_hash, later)]
    newest = Checkpoint(TWO.origin, len(leaves), Frontier().extend(leaves).root())
    growth, event = forked(size)
    alone = check_proofs([("e", event), ("g", growth)], [TWO])
    assert [one.anchored for one in alone] == [True, True]  # who holds no more cannot tell
    for held in ([TWO, newest], [newest, TWO]):
        found = check_proofs([("e", event), ("g", growth)], held)
        assert not any(one.anchored for one in found)
        assert all(one.problem for one in found)
        same = [one.problem for one in found if one.proof.checkpoint.size == newest.size]
        assert all("somebody was shown another history" in problem for problem in same)


def test_two_histories_of_one_size_are_told_whoever_holds_them() -> None:
    growth, event = forked(3)
    sound = GrowthProof(2, (LEAVES[2],), THREE)
    found = check_proofs([("g", sound), ("h", growth), ("e", event)], [TWO])
    assert [one.anchored for one in found] == [True, False, False]
    both = check_proofs([("e", event_proof(0))], [THREE, growth.checkpoint])
    assert "another history" in both[0].problem
    elsewhere = Checkpoint("example.com/other", 3, leaf_hash(b""))
    assert check_proofs([("e", event_proof(0))], [THREE, elsewhere])[0].anchored


def test_a_proof_from_an_older_checkpoint_counts_where_another_leads_to_its_end() -> None:
    leaves = [*LEAVES, leaf_hash(b"three")]
    end = Checkpoint(TWO.origin, 4, Frontier().extend(leaves).root())
    old, new = (GrowthProof(n, tuple(consistency_proof(leaves, n, 4)), end) for n in (2, 3))
    (passing,) = check_proofs([("old", old)], [TWO, THREE])
    assert "says nothing of the checkpoint of 3" in passing.problem
    found = check_proofs([("old", old), ("new", new)], [TWO, THREE])
    assert [(one.name, one.anchored) for one in found] == [("new", True), ("old", True)]


def test_what_was_taken_back_is_proved_too(ledger: Ledger) -> None:
    grow(ledger, 2)
    book.resolve(ledger, 2, "true", reason="it did")
    book.undo(ledger)
    with ledger.read() as conn:
        assert prove_event(conn, first_event_of(conn, 2)).holds()
        assert prove_event(conn, 3).holds()
