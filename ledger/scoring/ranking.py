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
class Entrant:
    """A source's forecasts of one basis, at least one of them resolved."""

    basis: str
    scored: tuple[Cell, ...]
    overdue: tuple[Cell, ...]


def standings(entrants: Mapping[str, Entrant]) -> dict[str, Standing]:
    """The standing of each source among those that are scored on the same basis."""
    by_basis: defaultdict[str, dict[str, Entrant]] = defaultdict(dict)
    for name, entrant in entrants.items():
        by_basis[entrant.basis][name] = entrant
    return {
        name: standing for field in by_basis.values() for name, standing in _field(field).items()
    }


def _field(entrants: Mapping[str, Entrant]) -> dict[str, Standing]:
    prior = fit([_sample(entrant.scored) for entrant in entrants.values()])
    keys = {name: _rank_key(prior, entrant) for name, entrant in entrants.items()}
    ordered = sorted(keys.values())
    ranks: dict[float, int] = {}
    for place, key in enumerate(ordered, start=1):
        ranks.setdefault(key, place)  # equals share the better place
    return {
        name: _standing(prior, entrant.scored, ranks[keys[name]], len(entrants))
        for name, entrant in entrants.items()
    }


def _sample(cells: Sequence[Cell]) -> Sample:
    return Sample(effective_forecasts(cells), brier(cells), loss_variance(cells))


def _standing(prior: Prior, cells: Sequence[Cell], rank: int, ranked: int) -> Standing:
    drawn = shrink(prior, effective_forecasts(cells), brier(cells))
    return Standing(drawn.mean, drawn.low, drawn.high, rank, ranked)


def _rank_key(prior: Prior, entrant: Entrant) -> float:
    """The upper end of the drawn score: a good place must be earned with claims."""
    everything = (*entrant.scored, *entrant.overdue)
    if total(entrant.overdue) <= _MUCH_UNRESOLVED * total(everything):
        return shrink(prior, effective_forecasts(entrant.scored), brier(entrant.scored)).high
    _, worst = bounds(entrant.scored, entrant.overdue)
    return shrink(prior, effective_forecasts(everything), worst).high
