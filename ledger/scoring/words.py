"""A scorecard in plain sentences; a thin record is said to be thin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.scoring.scorecard import Scorecard

_FLOOR = 5  # the fewest claims for a rate in words
_CALIBRATION_FLOOR = 30
_BASES = {"stated": "stated", "hedge": "hedge-mapped"}
_CAUSES = {
    "no_due_date": "no due date of its own",
    "no_criterion": "nothing that would settle it",
    "no_strength": "neither a probability nor a hedge",
    "noncommittal": "a hedge that commits to nothing",
}


def percent(share: float) -> str:
    """A share of 0 to 1 in whole per cent; 0 % and 100 % are kept for exactly that."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{share * 100:.0f} %"


def number(value: float) -> str:
    """A whole number bare, a fraction with one place."""
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def counted(n: int, noun: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def span(low: float, high: float) -> str:
    """An interval of shares, in brackets."""
    return f"({percent(low).removesuffix(' %')}–{percent(high)})"


def not_enough(have: float, floor: int, what: str = "") -> str:
    """What is missing until a figure may be shown."""
    return f"not enough yet: {number(have)} of {floor} {what}".rstrip()


def explain(card: Scorecard) -> dict[str, str]:
    """One line for each figure, by its name; figures with nothing to say are left out."""
    lines = {
        "n": _record(card),
        "hit_rate": _hit_rate(card),
        "brier": _brier(card),
        "brier_bounds": _bounds(card),
        "skill": _skill(card),
        "calibration": _calibration(card),
        "rank": _rank(card),
        "vagueness": _vagueness(card),
    }
    return {name: line for name, line in lines.items() if line}


def _record(card: Scorecard) -> str:
    counts = card.counts
    parts = [
        (counts.resolved, "resolved"),
        (counts.partial, "of them in part"),
        (counts.early, "resolved before the due day, not counted yet"),
        (counts.open, "open"),
        (counts.overdue, "of them overdue"),
        (counts.ambiguous, "ambiguous"),
        (counts.annulled, "annulled"),
    ]
    told = ", ".join(f"{n} {what}" for n, what in parts if n)
    return f"{counted(counts.n, 'claim')}: {told}" if told else "no claims"


def _hit_rate(card: Scorecard) -> str:
    hits = card.hits
    if hits.effective < _FLOOR:
        return not_enough(hits.effective, _FLOOR, "scored claims")
    if hits.hit_rate is None or hits.hit_low is None or hits.hit_high is None:
        return ""
    return (
        f"{percent(hits.hit_rate)} of {counted(hits.scored, 'claim')} went the way they leaned "
        f"(95 % interval {percent(hits.hit_low)} to {percent(hits.hit_high)})"
    )


def _brier(card: Scorecard) -> str:
    figures = card.accuracy
    if figures.forecasts_effective < _FLOOR:
        said = not_enough(figures.forecasts_effective, _FLOOR, "scored forecasts")
    elif figures.brier is None or figures.brier_low is None or figures.brier_high is None:
        return ""
    else:
        said = (
            f"Brier score {figures.brier:.3f} over {counted(figures.forecasts, 'forecast')}, "
            f"{_BASES[figures.forecast_basis or 'stated']} (95 % interval "
            f"{figures.brier_low:.3f} to {figures.brier_high:.3f}; 0 is perfect, saying 50 % "
            "throughout gives 0.25)"
        )
    if not figures.left_aside:
        return said
    other = _BASES["hedge" if figures.forecast_basis == "stated" else "stated"]
    return f"{said}; {counted(figures.left_aside, f'{other} forecast')} left aside"


def _bounds(card: Scorecard) -> str:
    bounds = card.accuracy.brier_bounds
    if bounds is None or bounds[0] == bounds[1] or card.forecast_tier == "counts":
        return ""
    return (
        f"between {bounds[0]:.3f} and {bounds[1]:.3f}, however the overdue forecasts "
        "should turn out"
    )


def _skill(card: Scorecard) -> str:
    skill = card.accuracy.skill
    if skill is None or card.forecast_tier == "counts":
        return ""
    word = "better" if skill >= 0 else "worse"
    return f"{percent(abs(skill))} {word} than the {card.accuracy.skill_reference}"


def _calibration(card: Scorecard) -> str:
    figures, parts = card.accuracy, card.parts
    if card.forecast_tier in {"counts", "shrunk"}:
        return not_enough(figures.forecasts_effective, _CALIBRATION_FLOOR, "scored forecasts")
    outside = sum(not row.expected_low <= row.rate <= row.expected_high for row in card.calibration)
    said = (
        f"{outside} of {counted(len(card.calibration), 'row')} of the calibration table "
        "outside the band of a calibrated source"
    )
    if card.forecast_tier == "table" or parts.mcb is None or parts.dsc is None:
        return said
    return f"{said}; miscalibration {parts.mcb:.3f}, discrimination {parts.dsc:.3f}"


def _rank(card: Scorecard) -> str:
    place = card.standing
    if card.forecast_tier == "counts" or place.ranked in {None, 1}:
        return ""
    return (
        f"rank {place.rank} of {place.ranked} by the upper end of the Brier score drawn towards "
        f"everybody's, {place.shrunk_brier:.3f} (90 % interval {place.shrunk_low:.3f} to "
        f"{place.shrunk_high:.3f})"
    )


def _vagueness(card: Scorecard) -> str:
    share, counts = card.vague.vagueness, card.counts
    if share is None:
        return ""
    if counts.n < _FLOOR:
        return not_enough(counts.n, _FLOOR, "claims")
    told = ", ".join(f"{n} with {_CAUSES[cause]}" for cause, n in counts.causes.items() if n)
    said = f"{counts.vague} of {counted(counts.n, 'claim')} ({percent(share)}) cannot be held to"
    return f"{said} account: {told}" if told else f"{said} account"
