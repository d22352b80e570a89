"""Several people at one ledger: who was faster is told, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.journal import checkpoint
from ledger.queries import get_prediction
from ledger.queries import whole
from ledger.store import open_ledger
from tests.tui.app.playing import TODAY
from tests.tui.app.playing import add_claims
from tests.tui.app.playing import evidence_of
from tests.tui.app.playing import playing
from tests.tui.app.playing import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.clock import Clock
    from ledger.store import Ledger
    from tests.postgres import Server
    from tests.tui.app.playing import Play


@pytest.fixture
def bob(ledger: Ledger, place: str, clock: Clock) -> Iterator[Ledger]:
    """The same ledger, opened by a colleague's program."""
    opened = open_ledger(place, clock=clock)
    opened.actor = "bob"
    yield opened
    opened.close()


def notes_of(ledger: Ledger, claim: int) -> tuple[str, ...]:
    with ledger.read() as conn:
        return whole(conn, get_prediction(conn, claim)).notes


def short(ledger: Ledger) -> str:
    with ledger.read() as conn:
        return checkpoint(conn).short()


async def until(play: Play, words: str) -> None:
    """Wait until something is on the screen by itself."""
    end = time.monotonic() + 10
    while words not in play.text:
        assert time.monotonic() < end, play.text
        await play.pilot.pause(0.05)


def test_the_slower_reviewer_is_told_and_the_reason_becomes_a_note(
    ledger: Ledger, bob: Ledger
) -> None:
    claim, other = add_claims(ledger, 30, 20)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("y")
            await play.write("It opened on [Monday]")
            book.resolve(bob, claim, "false", reason="It is shut")
            await play.press("enter")
            assert "bob said that it did not come true" in play.status_lines[0]
            assert f"note beside #{claim}" in play.status
            assert play.typed == "It opened on [Monday]"
            assert "did not come true · 15 Jan 2026 · by bob" in play.text
            assert play.key == claim  # it does not go away under the person's eyes
            await play.press("enter")
            assert notes_of(ledger, claim) == ("It opened on [Monday]",)
            assert status_of(ledger, claim) == ("resolved", "false")
            assert play.key == other

    asyncio.run(journey())


def test_a_verdict_on_what_has_changed_keeps_its_reason(ledger: Ledger, bob: Ledger) -> None:
    claim, _other = add_claims(ledger, 30, 20)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("n")
            await play.write("It was never built")
            book.amend(bob, claim, {"criterion": "Came true if it was begun."})
            await play.press("enter")
            assert "bob amended it" in play.status_lines[0]
            assert "Did not, because:" in play.status
            assert play.typed == "It was never built"
            assert "Came true if it was begun." in play.text
            assert status_of(ledger, claim) == ("open", None)
            await play.write(" nor begun", "enter")
            assert status_of(ledger, claim) == ("resolved", "false")
            with ledger.read() as conn:
                assert get_prediction(conn, claim).reason == "It was never built nor begun"

    asyncio.run(journey())


def test_a_verdict_without_words_shows_who_was_faster(ledger: Ledger, bob: Ledger) -> None:
    claim, other = add_claims(ledger, 30, 20)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("1")
            book.resolve(bob, claim, "false", reason="It is shut")
            await play.press("y")
            assert "bob said that it did not come true" in play.status
            assert "did not come true · 15 Jan 2026 · by bob" in play.text
            await play.press("y")
            assert "bob said that it did not come true" in play.status
            assert status_of(ledger, claim) == ("resolved", "false")
            await play.press("j", "1")
            assert play.key == other
            assert evidence_of(ledger, other) == [f"News 0 of claim {other}"]
            # Even without evidence, before a reason is asked for.
            book.note(bob, other, "Wait for the minutes")
            await play.press("1", "n")
            assert status_of(ledger, other) == ("open", None)

    asyncio.run(journey())


def test_two_edits_of_one_claim_are_merged_by_the_person(ledger: Ledger, bob: Ledger) -> None:
    (claim,) = add_claims(ledger, 30)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("e")
            await play.write("Indeed: ")
            book.amend(bob, claim, {"source": "Bo Berg", "statement": "Something else"})
            await play.press("ctrl+s")
            assert "bob amended it" in play.status
            assert "(now: Something else)" in play.text
            assert "Indeed: Claim number 1 comes true" in play.text
            assert "Bo Berg" in play.text
            await play.press("ctrl+s")
            with ledger.read() as conn:
                found = get_prediction(conn, claim)
            assert (found.statement, found.source) == (
                "Indeed: Claim number 1 comes true",
                "Bo Berg",
            )
            await play.press("e")
            await play.write("And so: ")
            book.resolve(bob, claim, "true", reason="seen")
            await play.press("ctrl+s")
            assert play.typed == "statement: And so: Indeed: Claim number 1 comes true"
            await play.press("enter")
            assert notes_of(ledger, claim) == (
                "statement: And so: Indeed: Claim number 1 comes true",
            )

    asyncio.run(journey())


def test_an_edited_draft_that_a_colleague_kept_is_not_lost(ledger: Ledger, bob: Ledger) -> None:
    draft = {
        "statement": "It opens",
        "source": "Ann",
        "made_on": "2025-12-01",
        "due_on": "2026-03-31",
    }
    book.record_article(ledger, text="It opens.", published=TODAY, drafts=[draft])

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("right_square_bracket", "e")
            await play.write("Perhaps: ")
            book.keep(bob, [1])
            await play.press("ctrl+s")
            assert play.typed == "statement: Perhaps: It opens"
            await play.press("enter")
            assert notes_of(ledger, 1) == ("statement: Perhaps: It opens",)

    asyncio.run(journey())


@pytest.mark.parametrize("key", ["R", "w"])
def test_reasons_to_reopen_and_withdraw_are_kept(ledger: Ledger, bob: Ledger, key: str) -> None:
    (claim,) = add_claims(ledger, 30)
    book.resolve(ledger, claim, "true", reason="seen")

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("right_square_bracket", "right_square_bracket", key)
            await play.write("It was another bridge")
            book.reopen(bob, claim, reason="too early")
            book.resolve(bob, claim, "false", reason="shut again")
            await play.press("enter")
            assert (
                "bob reopened it, then bob said that it did not come true" in play.status_lines[0]
            )
            assert play.typed == "It was another bridge"
            assert status_of(ledger, claim) == ("resolved", "false")
            book.withdraw(bob, claim, reason="twice")
            await play.press("enter")
            assert f"note beside #{claim}" in play.status
            await play.press("enter")
            assert notes_of(ledger, claim) == ("It was another bridge",)

    asyncio.run(journey())


@contextmanager
def locked(path: str) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_locked_ledger_takes_no_words_away(
    file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr("ledger.engines.sqlite.BUSY_MS", 100)
    claim, second = add_claims(file_ledger, 30, 20)
    impatient = open_ledger(file_ledger.where, clock=clock)

    async def journey() -> None:
        async with playing(impatient) as play:
            for key, words in (("c", "a note"), ("y", "a reason"), ("w", "a mistake")):
                await play.press(key)
                await play.write(words)
                with locked(impatient.where):
                    await play.press("enter")
                    assert "another program is writing" in play.status_lines[0]
                    assert "try again" in " ".join(play.status_lines)
                    assert play.typed == words
                await play.press("enter")
            assert notes_of(impatient, claim) == ("a note",)
            assert status_of(impatient, claim) == ("resolved", "true")
            assert status_of(impatient, second)[0] == "withdrawn"
            await play.press("a")
            await play.write("The bridge opens", "tab")
            await play.write("The mayor", "tab", "tab")
            await play.write("2026-03-31")
            with locked(impatient.where):
                await play.press("enter")
                assert "another program is writing" in play.status
                assert "The bridge opens" in play.text
                assert "The mayor" in play.text
            await play.press("ctrl+s")
            assert "recorded as #3" in play.status
            await play.press("e")
            await play.write("Indeed: ")
            with locked(impatient.where):
                await play.press("ctrl+s")
                assert "Indeed: The bridge opens" in play.text
            await play.press("ctrl+s")
            with impatient.read() as conn:
                assert get_prediction(conn, 3).statement == "Indeed: The bridge opens"

    asyncio.run(journey())
    impatient.close()


def test_a_server_that_is_away_takes_no_words_away(
    postgres: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.writing._WAITS", (0.01,))
    name = "away"
    postgres.execute(f"CREATE ROLE {name} LOGIN SUPERUSER")
    where = postgres.fresh_place().replace("postgres:@", f"{name}:@")
    ledger = open_ledger(where, clock=clock)
    (claim,) = add_claims(ledger, 30)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("c")
            await play.write("Ask the harbour board")
            postgres.execute(f"ALTER ROLE {name} NOLOGIN")
            postgres.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'"
            )
            await play.press("enter")
            assert play.typed == "Ask the harbour board"
            told = " ".join(line.strip() for line in play.status_lines)
            assert "whether it was recorded is not known; wait until the server answers" in told
            postgres.execute(f"ALTER ROLE {name} LOGIN")
            await play.press("enter")
            assert notes_of(ledger, claim) == ("Ask the harbour board",)

    asyncio.run(journey())
    ledger.close()


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12)])
def test_the_checkpoint_follows_each_deed(ledger: Ledger, size: tuple[int, int]) -> None:
    add_claims(ledger, 30, 20)

    async def journey() -> None:
        async with playing(ledger, size=size) as play:
            before = short(ledger)
            assert play.status_lines[0].rstrip().endswith(before)
            await play.press("1", "y")
            assert short(ledger) != before
            if size[0] > 40:
                assert play.status_lines[0].rstrip().endswith(short(ledger))
            assert "1 resolved" in play.status_lines[0]
            await play.press("question_mark", *["ctrl+d"] * 8)
            assert "checkpoint" in play.text

    asyncio.run(journey())


def test_what_others_do_shows_by_itself(
    ledger: Ledger, bob: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.LOOK_EVERY", 0.1)
    first, second, third = add_claims(ledger, 30, 20, 10)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("j")
            book.resolve(bob, first, "true", reason="seen")
            await until(play, "[Review 2]")
            assert play.key == second
            assert "Claim number 1" not in play.text
            await until(play, short(bob))
            await play.press("y")
            await play.write("half a rea")
            book.resolve(bob, second, "false", reason="seen")
            await until(play, "by bob")
            assert play.key == second
            assert play.typed == "half a rea"
            await play.press("escape", "slash")
            await play.write("number")
            await play.pilot.pause(0.2)
            (added,) = add_claims(bob, 5, statement="Another number")
            await until(play, "Another number")
            assert play.place.query_one("#filter").value == "number"  # type: ignore[attr-defined]
            await play.press("enter", "j")
            assert play.key in {third, added}

    asyncio.run(journey())


def test_a_long_session_keeps_checkpoints_and_warns_once(
    file_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.KEEP_EVERY", 0.1)
    nowhere = tmp_path / "unplugged" / "kept"
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(nowhere))
    add_claims(file_ledger, 30, 20)

    async def journey() -> None:
        async with playing(file_ledger) as play:
            for key in ("1", "2", "3"):
                await play.press(key)
                await play.pilot.pause(0.25)
            told = [one.message for one in play.app._notifications]
            assert len(told) == 1
            assert str(nowhere) in told[0]
            assert play.app.is_running

    asyncio.run(journey())
    kept = (tmp_path / "ledger.db.checkpoints").read_text()
    assert kept.count("calledit/") >= 3
