"""What must not break the app: sizes, hostile text, a ledger that cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.errors import NotALedgerError
from ledger.newsroom import add_feed
from ledger.store import open_ledger
from tests.ledger.news import add_item
from tests.ledger.news import add_link
from tests.tui.app.playing import add_claims
from tests.tui.app.playing import playing
from tests.tui.app.playing import status_of

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.store import Ledger

HOSTILE = (
    "\x1b[31mred\x1b]0;title\x07 \x9b31m [red]x[/red] [/] [link=http://evil.example]y[/link] "
    "[type=x, v={'a[0]'}] \u202eevil\u2066 \x00 日本語 👨‍👩‍👧"
)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 36), (200, 60)])
def test_every_screen_fits_every_size(ledger: Ledger, size: tuple[int, int]) -> None:
    add_claims(ledger, 30, -10, statement="A long statement " * 8)
    book.resolve(ledger, 1, "true", reason="seen")
    add_feed(ledger, "https://news.example/" + "x" * 200)

    async def journey() -> None:
        async with playing(ledger, size=size) as play:
            for _ in range(5):
                await play.press("right_square_bracket")
                assert "? help" in play.lines[-1]
                assert len(play.lines) == size[1]
                assert {len(line) for line in play.lines} == {size[0]}
            if size[0] == 40:
                await play.press("enter")
                assert "due 25 Jan 2026 · in 10 d" in play.text
                await play.press("J", "J", "J", "j")
                assert "1 ◇ News 0 of claim 2" in play.text
                await play.press("q")
                assert "upcoming" in play.text

    asyncio.run(journey())


def test_hostile_text_is_shown_plainly(file_ledger: Ledger) -> None:
    ledger = file_ledger  # PostgreSQL takes no NUL, and so cannot hold the worst of it
    # Straight into the tables: what the doors would have cleaned.
    (claim,) = add_claims(ledger, 30)
    add_link(ledger, claim, add_item(ledger, title=HOSTILE, publisher=HOSTILE))
    add_feed(ledger, "https://news.example/feed")
    with ledger.write() as conn:
        for table, column in (
            ("prediction", "statement"),
            ("prediction", "source"),
            ("prediction", "criterion"),
            ("prediction", "quote"),
            ("prediction", "hedge"),
            ("feed", "title"),
            ("feed", "error"),
        ):
            conn.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (HOSTILE,))

    async def journey() -> None:
        async with playing(ledger) as play:
            seen = play.text
            await play.press("4" if "4 ◇" in seen else "1")
            seen += play.text
            await play.press("e")
            seen += play.text
            await play.press("escape", "y")
            for _ in range(4):
                await play.press("right_square_bracket")
                seen += play.text
            assert "[red]x[/red]" in seen
            assert "{'a[0]'}" in seen
            assert not set(seen) & set("\x1b\x9b\x07\x00\u202e\u2066")

    asyncio.run(journey())


def test_an_empty_ledger_says_what_to_do(ledger: Ledger) -> None:
    async def journey() -> None:
        async with playing(ledger, size=(80, 24)) as play:
            assert "No prediction is open." in play.text
            await play.press("1", "y", "x", "1", "e", "r", "w", "j", "G", "pagedown", "u")
            assert play.status == "✗ there is nothing to take back"
            for words in ("No draft", "Nothing is resolved", "Nobody is scored", "No feed"):
                await play.press("right_square_bracket", "j", "enter")
                assert words in play.text

    asyncio.run(journey())


def test_a_locked_ledger_is_one_line(
    file_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = file_ledger
    monkeypatch.setattr("ledger.engines.sqlite.BUSY_MS", 100)
    impatient = open_ledger(tmp_path / "ledger.db", clock=ledger.clock)
    (claim,) = add_claims(ledger, 30)

    async def journey() -> None:
        async with playing(impatient) as play:
            other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await play.press("1")
            assert play.status.startswith("✗ another program is writing to")
            other.execute("ROLLBACK")
            other.close()
            await play.press("1", "y")
            assert status_of(ledger, claim) == ("resolved", "true")

    asyncio.run(journey())
    impatient.close()


def test_a_ledger_that_does_not_open_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text("roses are red " * 100)

    async def journey() -> None:
        async with playing(lambda: open_ledger(tmp_path / "poem.txt")) as play:
            assert "is not a ledger" in play.status
            await play.press(
                "1", "y", "slash", "escape", "right_square_bracket", "u", "question_mark"
            )
            assert play.app.is_running
            await play.press("escape", "right_square_bracket")
            assert "The ledger is not open." in play.text

    asyncio.run(journey())
    with pytest.raises(NotALedgerError):
        open_ledger(tmp_path / "poem.txt")
