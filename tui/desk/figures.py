"""A verdict's consequences in words: before it is given, and after."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.model import OUTCOME_WORDS
from ledger.scoring.groups import Group
from ledger.scoring.groups import forecast
from ledger.scoring.groups import lean
from ledger.scoring.words import number
from ledger.scoring.words import percent
from tui.desk.records import Preview

if TYPE_CHECKING:
    from datetime import date

    from ledger.model import Prediction
    from ledger.scoring.scorecard import Scorecard

FLOOR = 5  # resolved claims below which no rate is shown
_CREDITS = (("true", 1.0), ("false", 0.0))


def previews(prediction: Prediction, card: Scorecard | None, today: date) -> tuple[Preview, ...]:
    """What each scored verdict would make of the source's hits, and of this claim's Brier."""
    group = _group(prediction)
    if prediction.due_on > today:
        later = "counts in the score from its due day on"
        return tuple(Preview(outcome, later) for outcome, _ in _CREDITS)
    return tuple(
        Preview(outcome, ", ".join(_consequences(group, card, credit)))
        for outcome, credit in _CREDITS
    )


def score_line(source: str, before: Scorecard | None, after: Scorecard | None) -> str:
    """The source's figures before and after a verdict, in one line."""
    was = before.counts.resolved if before else 0
    now = after.counts.resolved if after else 0
    said = f"{was} → {now} resolved"
    if after is None or after.hits.effective < FLOOR:
        have = after.hits.effective if after else 0
        said += f", hit rate not enough yet ({number(have)} of {FLOOR})"
    else:
        said += f", hit rate {_moved(_rate(before), _rate(after))}"
        if after.accuracy.forecasts_effective >= FLOOR:
            said += f", Brier {_moved(_brier(before), _brier(after))}"
    return f"{said} · {source}"  # the source last: it is what may be cut


def verdict_words(outcome: str) -> str:
    """An outcome as a person says it."""
    return OUTCOME_WORDS.get(outcome, outcome)


def _consequences(group: Group, card: Scorecard | None, credit: float) -> list[str]:
    said = []
    if leaning := lean(group):
        hit = credit if leaning > 0 else 1 - credit
        scored = card.hits.scored if card else 0
        hits = (card.hits.hit_rate or 0.0) * scored if card else 0.0
        new = f"{number(round(hits + hit, 1))}/{scored + 1}"
        said.append(f"hits {number(round(hits, 1))}/{scored} → {new}")
    else:
        said.append("50 % leans neither way")
    enough = card is not None and card.accuracy.forecasts_effective >= FLOOR
    if enough and (stated := forecast(group)) is not None:
        said.append(f"Brier {(float(stated) - credit) ** 2:.2f}")
    return said


def _group(prediction: Prediction) -> Group:
    return Group(
        source=prediction.source,
        probability=None if prediction.probability is None else Decimal(prediction.probability),
        basis=prediction.probability_basis,
        hedged=bool(prediction.hedge),
        hedge_class=prediction.hedge_class,
        noncommittal=prediction.noncommittal,
    )


def _rate(card: Scorecard | None) -> str:
    if card is None or card.hits.hit_rate is None or card.hits.effective < FLOOR:
        return ""
    return percent(card.hits.hit_rate)


def _brier(card: Scorecard | None) -> str:
    if card is None or card.accuracy.brier is None or card.accuracy.forecasts_effective < FLOOR:
        return ""
    return f"{card.accuracy.brier:.3f}"


def _moved(was: str, now: str) -> str:
    return f"{was} → {now}" if was and was != now else now
