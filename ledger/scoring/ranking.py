"""Who stands where: every source's score drawn towards the others', and ranked by its far end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.scoring.intervals import effective_forecasts
from ledger.scoring.intervals import loss_variance
from ledger.scoring.proper import bounds
from ledger.scoring.proper import brier
from ledger.scoring.proper import total
from ledger.scoring.shrinkage import Sample
from ledger.scoring.shrinkage import fit
from ledger.scoring.shrinkage import shrink

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from ledger.scoring.shrinkage import Prior
    from ledger.scoring.table import Cell
    from ledger.scoring.table import Record

# Above this share of overdue claims, a source ranks by its worst case.
_MUCH_UNRESOLVED = 0.10


@dataclass(frozen=True, slots=True)
class Standing:
    """The Brier score drawn towards everybody's, and the place that it gives.

    Attributes:
        shrunk_brier: The drawn score.
        shrunk_low: Lower end of its 90 % interval.
        shrunk_high: Its upper end.
        rank: 1 is best, by the upper end; among the sources with the same basis.
        ranked: How many are ranked with it.
    """

    shrunk_brier: float | None = None
    shrunk_low: float | None = None
    shrunk_high: float | None = None
    rank: int | None = None
    ranked: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What a source's place rests on; nothing of it depends on any other source.

    Attributes:
        basis: Of the forecasts, ``stated`` or ``hedge``.
        n: How many independent forecasts were resolved, above 0.
        mean: Their Brier score.
        variance: Of one forecast's loss.
        rank_n: `n`, or with the overdue ones where these are many.
        rank_mean: `mean`, or then the worst that the overdue ones can make of it.
    """

    basis: str
    n: float
    mean: float
    variance: float
    rank_n: float
    rank_mean: float


def forms(record: Record) -> dict[str, Form]:
    """The forms that a record shows, by basis."""
    return {
        basis: form(basis, cells, record.overdue.get(basis, ()))
        for basis, cells in record.forecasts.items()
        if cells
    }


def form(basis: str, scored: Sequence[Cell], overdue: Sequence[Cell]) -> Form:
    """The form that forecasts of one basis show, at least one of them resolved."""
    n, mean, variance = effective_forecasts(scored), brier(scored), loss_variance(scored)
    everything = (*scored, *overdue)
    if total(overdue) <= _MUCH_UNRESOLVED * total(everything):
        return Form(basis, n, mean, variance, n, mean)
    _, worst = bounds(scored, overdue)
    return Form(basis, n, mean, variance, effective_forecasts(everything), worst)


def entered(own: Mapping[str, Form]) -> Form | None:
    """The form that a source is ranked by: stated forecasts where there are some."""
    return own.get("stated") or own.get("hedge")


def standings(entrants: Mapping[str, Form]) -> dict[str, Standing]:
    """The standing of each source among those that are scored on the same basis."""
    by_basis: defaultdict[str, dict[str, Form]] = defaultdict(dict)
    for name, own in entrants.items():
        by_basis[own.basis][name] = own
    return {
        name: standing for field in by_basis.values() for name, standing in _field(field).items()
    }


def _field(forms: Mapping[str, Form]) -> dict[str, Standing]:
    prior = fit([Sample(own.n, own.mean, own.variance) for own in forms.values()])
    # By the upper end of the drawn score: a good place must be earned with claims.
    keys = {name: shrink(prior, own.rank_n, own.rank_mean).high for name, own in forms.items()}
    ranks: dict[float, int] = {}
    for place, key in enumerate(sorted(keys.values()), start=1):
        ranks.setdefault(key, place)  # equals share the better place
    return {
        name: _standing(prior, own, ranks[keys[name]], len(forms)) for name, own in forms.items()
    }


def _standing(prior: Prior, own: Form, rank: int, ranked: int) -> Standing:
    drawn = shrink(prior, own.n, own.mean)
    return Standing(drawn.mean, drawn.low, drawn.high, rank, ranked)
