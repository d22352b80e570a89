"""The other screens: inbox, resolved, scores, feeds, help, commands."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

from ledger import book
from ledger.newsroom import add_feed
from ledger.newsroom import list_feeds
from tests.tui.app.playing import add_claims
from tests.tui.app.playing import playing
from tests.tui.app.playing import status_of
from tui.screens.help import Help

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.store import Ledger

ARTICLE = (
    "The mayor spoke.\n\nShe said that the bridge will reopen by March. It has been shut since May."
)
QUOTE = "the bridge will reopen by March"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Times</title>
<item><guid>1</guid><title>Old bridge reopens</title><link>https://news.example/1</link></item>
</channel></rss>"""


def draft(statement: str) -> dict[str, object]:
    start = ARTICLE.index(QUOTE)
    return {
        "statement": statement,
        "source": "Ann Lee",
        "made_on": "2025-12-01",
        "due_on": "2026-03-31",
        "due_basis": "relative",
        "due_phrase": "by March",
        "due_rule": "the last day of the month",
        "probability": "0.9",
        "quote": QUOTE,
        "quote_start": start,
        "quote_end": start + len(QUOTE),
        "cues": ["will", "by"],
    }


def test_drafts_are_kept_edited_and_dropped(ledger: Ledger) -> None:
    drafts = [draft(f"The bridge reopens, reading {number}") for number in (1, 2, 3)]
    book.record_article(ledger, text=ARTICLE, published=date(2025, 12, 1), drafts=drafts)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("right_square_bracket")
            assert "[Inbox 3]" in play.lines[0]
            assert f"⟦{QUOTE}⟧" in play.text.replace("│ ", "")
            assert "the last day of the month" in play.text
            assert "cues: will, by" in play.text
            await play.press("enter")
            assert status_of(ledger, 1)[0] == "open"
            await play.press("e")
            await play.write("Edited: ", "ctrl+s")
            assert status_of(ledger, 2)[0] == "open"
            await play.press("d")
            assert status_of(ledger, 3)[0] == "dropped"
            assert "No draft waits for you." in play.text
            assert "calledit read FILE --published" in play.text
            await play.press("u")
            assert play.key == 3
            await play.press("q")
            assert "[Review" in play.lines[0]
            assert "Edited: The bridge reopens" in play.text

    asyncio.run(journey())


def test_resolved_claims_can_be_reopened(ledger: Ledger) -> None:
    (claim,) = add_claims(ledger, 30)
    book.resolve(ledger, claim, "partial", reason="One lane of two")

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("right_square_bracket", "right_square_bracket")
            assert "◐ in part" in play.text
            assert "came true in part (credit 0.50)" in play.text
            assert "One lane of two" in play.text
            await play.press("R")
            await play.write("The second lane opened", "enter")
            assert status_of(ledger, claim) == ("open", None)
            assert "Nothing is resolved yet." in play.text

    asyncio.run(journey())


def test_scores_show_counts_first_and_figures_later(ledger: Ledger) -> None:
    claims = add_claims(ledger, *range(1, 7))
    for claim in claims[:4]:
        book.resolve(ledger, claim, "true", reason="seen")

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press(*["left_square_bracket"] * 2)
            assert "[Scores]" in play.lines[0]
            assert "not enough yet: 4 of 5" in play.text
            assert "100 %" not in play.text
            await asyncio.to_thread(book.resolve, ledger, claims[4], "false", reason="seen")
            await play.press("right_square_bracket", "left_square_bracket")
            assert "80 % (38–96 %)" in play.text
            assert "80 % of 5 claims went the way they leaned" in " ".join(
                line.rpartition("│")[2].strip() for line in play.lines
            )

    asyncio.run(journey())


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(RSS)))
        self.end_headers()
        self.wfile.write(RSS)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_feeds_are_added_polled_and_removed(ledger: Ledger) -> None:
    async def journey(url: str) -> None:
        async with playing(ledger) as play:
            await play.press("left_square_bracket")
            assert "No feed is followed." in play.text
            await play.press("a")
            await play.write("ftp://news.example/feed", "enter")
            assert "is not an http or https address" in play.status_lines[0]
            assert play.typed == "ftp://news.example/feed"
            await play.press("escape")
            add_feed(ledger, url, allow_private=True)
            await play.press("a")
            await play.write("https://news.example/feed", "enter")
            assert "[Feeds 2]" in play.lines[0]
            await play.press("k", "p")
            assert play.status == "✓ 1 feed asked, 1 new item"
            assert "Harbour Times" in play.text
            assert "● ok" in play.text
            await play.press("j", "d")
            await play.write("y", "enter")
            assert "no longer followed" in play.status

    with served() as url:
        asyncio.run(journey(url))
    with ledger.read() as conn:
        assert [(feed.title, feed.items) for feed in list_feeds(conn)] == [("Harbour Times", 1)]


def test_help_and_commands_follow_the_live_bindings(ledger: Ledger) -> None:
    add_claims(ledger, 30)

    async def journey() -> None:
        async with playing(ledger, size=(80, 24)) as play:
            await play.press("question_mark")
            assert isinstance(play.app.screen, Help)
            assert "Keys of Review" in play.text
            assert "ambiguous: the world does not say" in play.text
            await play.press("escape", "left_square_bracket", "question_mark")
            assert "Keys of Feeds" in play.text
            assert "ambiguous" not in play.text
            await play.press("escape", "q", "q")
            assert play.status == "✓ Q quits"
            await play.press("colon")
            await play.press(*"withdraw")
            await play.pilot.pause(0.3)
            await play.press("enter")
            await play.pilot.pause()
            await play.settle()
            assert "Withdraw it, because:" in play.status
            await play.press("escape", "Q")
            assert play.app.return_code == 0

    asyncio.run(journey())
