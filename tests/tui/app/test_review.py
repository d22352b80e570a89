"""The review screen, from the most overdue claim to the last verdict."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ledger.clock import Clock
from ledger.store import open_ledger
from tests.tui.app.playing import TODAY
from tests.tui.app.playing import add_claims
from tests.tui.app.playing import evidence_of
from tests.tui.app.playing import playing
from tests.tui.app.playing import status_of

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.store import Ledger


def test_evidence_verdict_and_on_to_the_next(ledger: Ledger) -> None:
    _today, oldest, second, _later = add_claims(ledger, 0, 30, 5, -10)

    async def journey() -> None:
        async with playing(ledger) as play:
            assert play.key == oldest
            assert "due · 3" in play.text
            assert "upcoming · 1" in play.text
            assert "30 d late" in play.text
            assert "hits 0/0 → 1/1" in play.text
            await play.press("1")
            assert evidence_of(ledger, oldest) == [f"News 0 of claim {oldest}"]
            assert "1 attached" in play.text
            await play.press("y")
            assert status_of(ledger, oldest) == ("resolved", "true")
            assert play.key == second
            assert "0 → 1 resolved, hit rate not enough yet (1 of 5) · Ann Lee" in play.status
            assert "[Review 2]" in play.lines[0]
            await play.press("u")
            assert status_of(ledger, oldest) == ("open", None)
            assert play.key == oldest
            assert "taken back: verdict: came true" in play.status
            await play.press("ctrl+r")
            assert status_of(ledger, oldest) == ("resolved", "true")
            await play.press("u", "u")
            assert evidence_of(ledger, oldest) == []

    asyncio.run(journey())


def test_keys_pressed_ahead_go_to_the_claim_they_lead_to(ledger: Ledger) -> None:
    first, second, third = add_claims(ledger, 30, 20, 10)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.rush("1", "y", "2", "n")
            assert status_of(ledger, first) == ("resolved", "true")
            assert evidence_of(ledger, first) == [f"News 0 of claim {first}"]
            assert status_of(ledger, second) == ("resolved", "false")
            assert evidence_of(ledger, second) == [f"News 1 of claim {second}"]
            assert play.key == third
            await play.rush("1", "1")
            assert evidence_of(ledger, third) == []

    asyncio.run(journey())


def test_without_evidence_a_reason_is_asked_for(ledger: Ledger) -> None:
    claim, other = add_claims(ledger, 30, 20)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("n")
            assert "Nothing is attached. Did not, because:" in play.status
            await play.press("escape")
            assert status_of(ledger, claim)[0] == "open"
            assert "No verdict" in play.status
            await play.press("n")
            await play.write("It was [never] built", "enter")
            assert status_of(ledger, claim) == ("resolved", "false")
            assert play.key == other
            await play.press("9")
            assert play.status.startswith("✗ there is no news item 9")

    asyncio.run(journey())


def test_every_verdict_has_its_key(ledger: Ledger) -> None:
    keys = {"y": "true", "n": "false", "p": "partial", "m": "ambiguous", "v": "annulled"}
    claims = add_claims(ledger, 50, 40, 30, 20, 10)

    async def journey() -> None:
        async with playing(ledger) as play:
            for key in keys:
                await play.press("1", key)

    asyncio.run(journey())
    assert [status_of(ledger, claim)[1] for claim in claims] == list(keys.values())


def test_filter_reject_withdraw_and_note(ledger: Ledger) -> None:
    _first, second, third = add_claims(ledger, 30, 20, 10)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("slash")
            await play.write("number 3")
            await play.pilot.pause(0.15)
            await play.press("enter")
            assert play.key == third
            assert "Claim number 2" not in play.text
            await play.press("escape")
            assert "Claim number 2" in play.text
            await play.press("k", "x", "1")
            assert play.key == second
            assert f"News 0 of claim {second}" not in "\n".join(play.lines[:-3])
            await play.press("c")
            await play.write("Ask the harbour board", "enter")
            assert "note: Ask the harbour board" in play.text
            await play.press("w")
            await play.write("Recorded twice", "enter")
            assert status_of(ledger, second)[0] == "withdrawn"

    asyncio.run(journey())


def test_edit_and_add_in_place(ledger: Ledger) -> None:
    (claim,) = add_claims(ledger, 30)

    async def journey() -> None:
        async with playing(ledger) as play:
            await play.press("e")
            assert "Edit #1" in play.text
            await play.write("Indeed: ", "ctrl+s")
            assert "Indeed: Claim number 1" in play.text
            await play.press("e", "tab", "tab")
            await play.write("x", "enter")
            assert play.status.startswith("✗ due_on: '2025-12-16x' is not a calendar date")
            await play.press("e", "escape", "a")
            await play.write("The bridge opens", "tab")
            await play.write("The mayor", "tab", "tab")
            await play.write("2026-03-31", "enter")
            assert "recorded as #2" in play.status
            assert play.key == claim + 1

    asyncio.run(journey())


def test_only_web_addresses_are_opened(ledger: Ledger) -> None:
    (claim,) = add_claims(ledger, 30)
    with ledger.write() as conn:
        conn.exec_driver_sql(
            "UPDATE item SET url = 'file:///etc/passwd' WHERE title LIKE 'News 1 %%'"
        )
    opened: list[str] = []

    async def journey() -> None:
        async with playing(ledger) as play:
            play.app.open_url = lambda url, **_: opened.append(url)  # type: ignore[method-assign]
            await play.press("o", "1")
            await play.press("o", "2")
            assert play.status == "✗ it has no web address"

    asyncio.run(journey())
    assert opened == ["https://news.example/0"]
    assert evidence_of(ledger, claim) == []


def test_on_the_seed_ledger_accept_resolve_see_the_score_undo_and_quit(tmp_path: Path) -> None:
    def planted() -> Ledger:
        from tui.commands.seed import plant

        opened.append(open_ledger(tmp_path / "seeds.db", clock=Clock(pinned_today=TODAY)))
        plant(opened[0])
        return opened[0]

    opened: list[Ledger] = []

    async def journey() -> None:
        async with playing(planted, size=(80, 24)) as play:
            assert "due 19 Nov 2024" in play.text
            await play.press("1", "y")
            assert "0 → 1 resolved, hit rate not enough yet (1 of 5)" in play.status
            assert status_of(opened[0], 2) == ("resolved", "true")
            await play.press("u")
            assert "taken back: verdict: came true" in play.status
            assert status_of(opened[0], 2) == ("open", None)
            await play.press("Q")
            assert play.app.return_code == 0

    asyncio.run(journey())
    opened[0].close()
