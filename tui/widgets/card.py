"""A source's record in words: its line on the leaderboard, and its whole card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from ledger.scoring.words import explain
from ledger.scoring.words import not_enough
from ledger.scoring.words import number
from ledger.scoring.words import percent
from ledger.scoring.words import span
from tui.text import fit
from tui.text import fit_right
from tui.text import one_line
from tui.text import span_bar
from tui.text import wrapped
from tui.widgets.listing import columns

if TYPE_CHECKING:
    from ledger.scoring.scorecard import Scorecard
    from tui.widgets.listing import Parts

_LABELS = {
    "n": "record",
    "hit_rate": "hit rate",
    "brier": "Brier",
    "brier_bounds": "bounds",
    "skill": "skill",
    "calibration": "calibration",
    "rank": "rank",
    "vagueness": "vagueness",
}
_EVERYBODY = "everybody"
_FLOOR = 5
_TABLE_FLOOR = 30
_TITLES = ("", "source", "res.", "hit rate (95 %)", "", "Brier", "skill", "vague")
_LABEL = 12  # cells of a label


def card_line(card: Scorecard | None, width: int) -> Parts:
    """A source's line: resolved, hit rate with its interval, Brier, skill, vagueness.

    Without a card, the titles of the columns.
    """
    roomy = width >= 48
    skill, vague_width = (7 if width >= 70 else 0), (7 if width >= 56 else 0)
    rate, brier = (27 if roomy else 14), (7 if roomy else 0)
    cells = _TITLES if card is None else _cells(card, roomy=roomy)
    style = "dim" if card is None or card.tier == "counts" else "plain"
    place, name, resolved, hits, interval, score, better, vague = cells
    return columns(
        (fit_right(place, 3) + " ", 4, "dim"),
        (name, width - 9 - rate - brier - skill - vague_width, "dim" if card is None else "plain"),
        (fit_right(resolved, 5), 5, style),
        ("  " + hits, rate - len(interval), style),
        (interval, len(interval), "accent"),
        (fit_right(score, brier), brier, style),
        (fit_right(better, skill), skill, style),
        (fit_right(vague, vague_width), vague_width, style),
    )


def _cells(card: Scorecard, *, roomy: bool) -> tuple[str, ...]:
    hits, figures = card.hits, card.accuracy
    thin = card.forecast_tier == "counts"
    rate = not_enough(hits.effective, _FLOOR) if roomy else f"{number(hits.effective)} of {_FLOOR}"
    interval = ""
    if card.tier != "counts" and hits.hit_rate is not None:
        low, high = hits.hit_low or 0.0, hits.hit_high or 0.0
        rate = f"{percent(hits.hit_rate)} {span(low, high)}"
        interval = span_bar(low, hits.hit_rate, high, 8) if roomy else ""
    vague = card.vague.vagueness
    return (
        str(card.standing.rank) if card.standing.rank and not thin else "·",
        one_line(card.source) or _EVERYBODY,
        str(card.counts.resolved),
        rate,
        interval,
        "" if thin or figures.brier is None else f"{figures.brier:.3f}",
        "" if thin or figures.skill is None else percent(figures.skill),
        "" if vague is None or card.counts.n < _FLOOR else percent(vague),
    )


def card_content(card: Scorecard, width: int) -> Content:
    """The whole card: a plain sentence for each figure, and the calibration table."""
    parts: list[tuple[str, str]] = [(one_line(card.source) or _EVERYBODY, "bold"), ("\n", "")]
    for name, says in explain(card).items():
        parts += [("\n", ""), (fit(_LABELS[name], _LABEL), "$muted"), *_hung(says, width - _LABEL)]
    parts += [("\n\n", ""), ("CALIBRATION", "bold"), *_calibration(card, width)]
    return Content.assemble(*parts)


def _hung(says: str, width: int) -> list[tuple[str, str]]:
    """A sentence wrapped under its own beginning."""
    return [(("\n" + " " * _LABEL).join(wrapped(says, max(width, 12))), "")]


def _calibration(card: Scorecard, width: int) -> list[tuple[str, str]]:
    if not card.calibration:
        return [("\nno forecast with a number is resolved yet", "$muted")]
    full = card.forecast_tier in {"table", "full"}
    missing = not_enough(card.accuracy.forecasts_effective, _TABLE_FLOOR)
    title = "rate (95 %)" if full else f"rate: {missing}"
    parts: list[tuple[str, str]] = [(f"\n  said  came true  {title}", "$muted")]
    for row in card.calibration:
        hits = f"{number(round(row.hits, 1))} of {row.n}"
        parts.append((f"\n{fit_right(percent(row.p), 6)}  {hits:<9}", ""))
        if full:
            parts.append((f"  {fit(f'{percent(row.rate)} {span(row.low, row.high)}', 16)}", ""))
            inside = row.expected_low <= row.rate <= row.expected_high
            drawn = span_bar(row.low, row.rate, row.high, max(5, min(21, width - 44)))
            parts.append((drawn, "$accent" if inside else "$warn"))
            parts.append(("" if inside else " outside", "$warn"))
    return parts
