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
_LABEL = 12  # cells of a label


def card_line(card: Scorecard | None, width: int) -> Parts:
    """A source's line: resolved, hit rate with its interval, Brier, skill, vagueness.

    Without a card, the titles of the columns.
    """
    drawn = 14 if width >= 78 else 0
    more = 7 if width >= 60 else 0
    rate, brier, skill = 15, (8 if width >= 48 else 0), more
    source = width - 4 - 5 - rate - drawn - brier - skill - more
    if card is None:
        cells = ("", "source", "res.", "hit rate", "", "Brier", "skill", "vague")
        style = "dim"
    else:
        cells = _cells(card, drawn)
        style = "dim" if card.tier == "counts" else "plain"
    place, name, resolved, hits, interval, score, better, vague = cells
    return columns(
        (fit_right(place, 3) + " ", 4, "dim"),
        (name, source, "dim" if card is None else "plain"),
        (fit_right(resolved, 5), 5, style),
        ("  " + hits, rate, style),
        (interval, drawn, "accent"),
        (fit_right(score, brier), brier, style),
        (fit_right(better, skill), skill, style),
        (fit_right(vague, more), more, style),
    )


def _cells(card: Scorecard, drawn: int) -> tuple[str, ...]:
    hits, figures = card.hits, card.accuracy
    thin = card.forecast_tier == "counts"
    rate, interval = f"{number(hits.effective)} of {_FLOOR} yet", ""
    if card.tier != "counts" and hits.hit_rate is not None:
        low, high = hits.hit_low or 0.0, hits.hit_high or 0.0
        rate = f"{percent(hits.hit_rate):>5} {span(low, high).replace(' %', '')}"
        interval = " " + span_bar(low, hits.hit_rate, high, drawn - 2) if drawn else ""
    return (
        str(card.standing.rank) if card.standing.rank and not thin else "·",
        one_line(card.source) or _EVERYBODY,
        str(card.counts.resolved),
        rate,
        interval,
        "" if thin or figures.brier is None else f"{figures.brier:.3f}",
        "" if thin or figures.skill is None else percent(figures.skill),
        ""
        if card.vague.vagueness is None or card.counts.n < _FLOOR
        else percent(card.vague.vagueness),
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
    parts: list[tuple[str, str]] = [("\n  said     n  came true", "$muted")]
    if full:
        parts.append(("  rate, and where it may be (95 %)", "$muted"))
    else:
        need = not_enough(card.accuracy.forecasts_effective, 30)
        parts.append((f"  rates: {need}", "$muted"))
    for row in card.calibration:
        said = fit_right(percent(row.p), 6)
        parts.append((f"\n{said}  {row.n:>4}  {number(round(row.hits, 1)):>9}", ""))
        if full:
            parts.append((f"  {percent(row.rate):>5} {span(row.low, row.high):<12}", ""))
            if width >= 60:
                inside = row.expected_low <= row.rate <= row.expected_high
                drawn = span_bar(row.low, row.rate, row.high, 17)
                parts.append((drawn, "$accent" if inside else "$warn"))
                parts.append(("" if inside else " outside", "$warn"))
    return parts
