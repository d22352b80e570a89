"""Pictures of every screen, dark and light, in two sizes: `tools/screenshots.py FOLDER [--png]`.

They show the seed ledger after a few verdicts, and two invented sources beside it, so that the
leaderboard has something to say. PNG needs CairoSVG; the SVG files need nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from ledger.clock import Clock
from tui.app import CalledItApp
from tui.theme import DARK
from tui.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from ledger.store import Ledger

TODAY = date(2026, 1, 15)
SIZES = ((120, 36), (80, 24))
FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
ARTICLE = """The river and the bridge

The council met on Monday. The mayor, Ann Lee, said that the old bridge will reopen by the end of \
March 2026. Engineers warn that the work could take longer, since the steel has not come.

The river has flooded twice this year. The harbour board might close the northern lock next year.
"""
# Statement, source, due date; hedge, its class, and the quartiles of what readers take it for.
DRAFTS = (
    (
        ("The old bridge reopens by the end of March 2026.", "Ann Lee", "2026-03-31"),
        ("will", "certain", "0.90", "0.98", "1.00"),
    ),
    (
        ("The work on the old bridge takes longer.", "Engineers", "2026-12-31"),
        ("could", "possible", "0.25", "0.40", "0.50"),
    ),
    (
        ("The harbour board closes the northern lock.", "The harbour board", "2026-12-31"),
        ("might", "possible", "0.25", "0.40", "0.50"),
    ),
)
QUOTES = (
    "the old bridge will reopen by the end of March 2026",
    "the work could take longer",
    "The harbour board might close the northern lock next year",
)
# Invented records: probability, how many claims, how many came true.
RECORDS = {
    "An invented almanac": (("0.90", 14, 12), ("0.70", 12, 9), ("0.40", 10, 3), ("0.10", 9, 1)),
    "An invented pundit": (("0.95", 5, 3), ("0.80", 4, 2)),
}
PLACES = ("review", "inbox", "resolved", "scores", "feeds")


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--png", action="store_true", help="PNG too, by CairoSVG")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    os.environ["CALLEDIT_ACTOR"] = "you"
    with tempfile.TemporaryDirectory() as scratch:
        for number, (size, theme) in enumerate((s, t) for s in SIZES for t in (DARK, LIGHT)):
            path = Path(scratch) / f"{number}.db"
            for name, svg in asyncio.run(pictures(path, size, theme)):
                save(args.folder, f"{name}-{size[0]}-{theme.removeprefix('calledit-')}", svg)
                if args.png:
                    save_png(args.folder)


async def pictures(path: Path, size: tuple[int, int], theme: str) -> list[tuple[str, str]]:
    """Every screen in one size and theme."""
    held: list[Ledger] = []
    app = CalledItApp(lambda: opened(path, held), where="calledit demo")
    app.theme = theme
    taken = []
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for keys in ("1", "y", "n"):
            await pilot.press(keys)
            await settled(pilot)
        await pilot.press(*"no settlement", "escape", "1")
        await settled(pilot)
        for place in PLACES:
            taken.append((place, app.export_screenshot(title="Called It", simplify=True)))
            await pilot.press("right_square_bracket")
            await settled(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        taken.append(("help", app.export_screenshot(title="Called It", simplify=True)))
    for ledger in held:
        ledger.close()
    return taken


async def settled(pilot: Pilot[None]) -> None:
    """Wait until all that was begun is drawn."""
    for _ in range(4):
        await pilot.pause(0.1)
        busy = [w for w in pilot.app.workers if not w.is_finished and w.group != "work"]
        if busy:
            await pilot.app.workers.wait_for_complete(busy)


def opened(path: Path, held: list[Ledger]) -> Ledger:
    """A ledger with the seeds, drafts of an article, and two invented records."""
    from ledger import book
    from ledger.store import open_ledger
    from tui.commands.seed import plant

    ledger = open_ledger(path, clock=Clock(pinned_today=TODAY))
    held.append(ledger)
    plant(ledger)
    drafts = [draft(*pair) for pair in zip(DRAFTS, QUOTES, strict=True)]
    title = "The river and the bridge"
    published = date(2025, 12, 1)
    book.record_article(ledger, text=ARTICLE, published=published, drafts=drafts, title=title)
    rows = [row for source, record in RECORDS.items() for row in claims(source, record)]
    for made in book.add_many(ledger, [fields for fields, _ in rows]):
        outcome = rows[int(made.statement.rpartition(" ")[2])][1]
        book.resolve(ledger, made.id, outcome, reason="as invented", on=made.due_on)
    return ledger


def draft(fields: tuple[tuple[str, ...], tuple[str, ...]], quote: str) -> dict[str, object]:
    """One draft of the article."""
    (statement, source, due), (hedge, hedge_class, low, middle, high) = fields
    start = ARTICLE.index(quote)
    return {
        "statement": statement,
        "source": source,
        "made_on": "2025-12-01",
        "due_on": due,
        "due_basis": "relative",
        "due_phrase": "next year" if hedge == "might" else "",
        "due_rule": "the last day of the period named, seen from the day of publication",
        "hedge": hedge,
        "hedge_class": hedge_class,
        "noncommittal": hedge == "might",
        "probability": middle,
        "probability_low": low,
        "probability_high": high,
        "probability_basis": "hedge",
        "quote": quote,
        "quote_start": start,
        "quote_end": start + len(quote),
        "cues": [hedge],
    }


def claims(
    source: str, record: tuple[tuple[str, int, int], ...]
) -> Iterator[tuple[dict[str, object], str]]:
    """A source's invented claims with their outcomes; the statement ends in the row's number."""
    before = sum(n for name, held in RECORDS.items() if name < source for _, n, _ in held)
    number = before if source != min(RECORDS) else 0
    for probability, count, hits in record:
        for place in range(count):
            yield (
                {
                    "statement": f"An invented claim, number {number}",
                    "source": source,
                    "made_on": "2025-01-01",
                    "due_on": "2025-12-01",
                    "probability": probability,
                    "criterion": "invented",
                },
                "true" if place < hits else "false",
            )
            number += 1


def save(folder: Path, name: str, svg: str) -> None:
    """Write a picture that asks no other site for its font."""
    plain = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    plain = re.sub(r"font-family: ?[^;]*;", f"font-family: {FONT};", plain)
    (folder / f"{name}.svg").write_text(plain, encoding="utf-8")


def save_png(folder: Path) -> None:
    """Write PNG files beside the SVG files that have none yet."""
    import cairosvg

    for path in folder.glob("*.svg"):
        if not path.with_suffix(".png").exists():
            cairosvg.svg2png(url=str(path), write_to=str(path.with_suffix(".png")), scale=1.0)


if __name__ == "__main__":
    main()
