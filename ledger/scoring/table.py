"""The sufficient table: claims that score alike, counted once; nothing else is needed to score.

Every figure depends on the data only through how many claims share a probability, an outcome
and a weight. A million claims become a few dozen cells, and the formulas run on those.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from math import fsum
from typing import TYPE_CHECKING
from typing import Literal

from ledger.scoring.groups import VAGUE_CAUSES
from ledger.scoring.groups import credit
from ledger.scoring.groups import forecast
from ledger.scoring.groups import lean
from ledger.scoring.groups import vague_causes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from ledger.scoring.groups import Group

Basis = Literal["stated", "hedge", "any"]
Cohort = Literal["due", "resolved"]

_HALF = Decimal("0.5")
_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Forecasts with one probability, one outcome and one weight.

    Attributes:
        p: The probability, rounded to 12 places: what a float's text adds beyond is noise, and
            would part 0.1 from 0.10000000000000001.
        y: The outcome, 0 to 1.
        unit: The weight of one claim, above 0.
        baseline: The probability to beat, or None.
        count: How many claims.
    """

    p: Decimal
    y: float
    unit: float
    baseline: float | None
    count: int

    @property
    def weight(self) -> float:
        """The weight of the whole cell."""
        return self.unit * self.count


@dataclass(frozen=True, slots=True)
class Level:
    """All forecasts that stated one probability.

    Attributes:
        p: The probability (of several pooled: their mean).
        count: How many claims.
        weight: The sum of their weights.
        square: The sum of their squared weights.
        hits: The weighted sum of their outcomes.
    """

    p: float
    count: int
    weight: float
    square: float
    hits: float

    @property
    def rate(self) -> float:
        """The share that came true, 0 to 1."""
        return min(1.0, self.hits / self.weight)


@dataclass(frozen=True, slots=True)
class Calls:
    """Directional claims: how many went the way they leaned.

    Attributes:
        count: How many resolved claims lean some way.
        weight: The sum of their weights.
        square: The sum of their squared weights.
        hits: The weighted sum of their credits, seen from the way they leaned.
        missing: The weight of overdue claims that lean some way.
    """

    count: int
    weight: float
    square: float
    hits: float
    missing: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many claims there are of each kind.

    ``n = open + early + resolved + ambiguous + annulled``; partial ones are among the resolved,
    overdue ones among the due, and due ones among the open.

    Attributes:
        n: Recorded claims; drafts and withdrawn ones never count.
        open: Without an outcome.
        due: Open, and the due day has come.
        overdue: Open, and the due day is past.
        early: Resolved before the due day, and so not yet in the cohort.
        resolved: In the cohort: came true, did not, or in part.
        partial: Of the resolved, those in part.
        ambiguous: The world does not say.
        annulled: The question lost its meaning.
        vague: Claims with at least one cause of vagueness.
        causes: Claims by cause of vagueness; one claim may have several.
    """

    n: int
    open: int
    due: int
    overdue: int
    early: int
    resolved: int
    partial: int
    ambiguous: int
    annulled: int
    vague: int
    causes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Record:
    """What a source's claims come to.

    Attributes:
        counts: Over the whole record, whatever the basis.
        calls: For the hit rate.
        forecasts: Resolved forecasts by basis, ``stated`` and ``hedge``, never mixed.
        overdue: Overdue forecasts by basis, each with the outcome that would suit it best.
    """

    counts: Counts
    calls: Calls
    forecasts: Mapping[str, tuple[Cell, ...]]
    overdue: Mapping[str, tuple[Cell, ...]]


def _in_cohort(group: Group, cohort: Cohort) -> bool:
    return cohort == "resolved" or group.ripe


def _cell(group: Group, p: Decimal, y: float) -> Cell:
    baseline = None if group.baseline is None else float(group.baseline)
    return Cell(p.quantize(_PLACES), y, float(group.weight), baseline, group.count)


def merge(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Equal cells as one, in a fixed order."""
    counts: Counter[tuple[Decimal, float, float, float | None]] = Counter()
    for cell in cells:
        counts[cell.p, cell.y, cell.unit, cell.baseline] += cell.count
    # None cannot be compared; no baseline goes first.
    keys = sorted(counts, key=lambda key: (*key[:3], -1.0 if key[3] is None else key[3]))
    return tuple(Cell(*key, counts[key]) for key in keys)


@dataclass(slots=True)
class _Tally:
    """What `tabulate` adds up."""

    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    hits: Counter[tuple[float, float]] = field(default_factory=Counter)  # by unit and credit
    missing: Counter[float] = field(default_factory=Counter)  # by unit
    forecasts: defaultdict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    overdue: defaultdict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))

    def count(self, group: Group, cohort: Cohort) -> None:
        """Counts over the whole record."""
        causes = vague_causes(group)
        self.causes.update(dict.fromkeys(causes, group.count))
        early = credit(group) is not None and not _in_cohort(group, cohort)
        self.counts["early" if early else group.state] += group.count
        self.counts["n"] += group.count
        self.counts["vague"] += group.count if causes else 0

    def score(self, group: Group, y: float) -> None:
        """A resolved claim of the cohort."""
        if leaning := lean(group):
            hit = y if leaning > 0 else 1 - y
            self.hits[float(group.weight), hit] += group.count
        if (p := forecast(group)) is not None:
            self.forecasts[group.basis].append(_cell(group, p, y))

    def miss(self, group: Group) -> None:
        """An overdue claim: nobody knows, which the bounds must say."""
        if lean(group):
            self.missing[float(group.weight)] += group.count
        if (p := forecast(group)) is not None:
            self.overdue[group.basis].append(_cell(group, p, float(p >= _HALF)))

    def record(self) -> Record:
        """All of it, added up."""
        return Record(
            _counts(self.counts, self.causes),
            _calls(self.hits, self.missing),
            {basis: merge(cells) for basis, cells in self.forecasts.items()},
            {basis: merge(cells) for basis, cells in self.overdue.items()},
        )


def _counts(tally: Counter[str], causes: Counter[str]) -> Counts:
    return Counts(
        n=tally["n"],
        open=tally["open"] + tally["due"] + tally["overdue"],
        due=tally["due"] + tally["overdue"],
        overdue=tally["overdue"],
        early=tally["early"],
        resolved=tally["true"] + tally["false"] + tally["partial"],
        partial=tally["partial"],
        ambiguous=tally["ambiguous"],
        annulled=tally["annulled"],
        vague=tally["vague"],
        causes={cause: causes[cause] for cause in VAGUE_CAUSES},
    )


def _calls(hits: Mapping[tuple[float, float], int], missing: Mapping[float, int]) -> Calls:
    # Like calls are counted before they are weighed, and fsum rounds once: no figure depends on
    # the order of the claims, or on how they were grouped.
    return Calls(
        sum(hits.values()),
        fsum(count * unit for (unit, _), count in hits.items()),
        fsum(count * unit * unit for (unit, _), count in hits.items()),
        fsum(count * unit * hit for (unit, hit), count in hits.items()),
        fsum(unit * count for unit, count in missing.items()),
    )


def tabulate(groups: Iterable[Group], *, cohort: Cohort = "due", basis: Basis = "any") -> Record:
    """The record that some claims make: one source's, or everybody's for the pooled one.

    Args:
        groups: Claims, grouped or one by one: the record is the same.
        cohort: ``due`` scores claims whose due day has come (else a claim "by 2030" could only
            be scored when it came true early); ``resolved`` scores every resolved one.
        basis: Which claims are scored; the counts are over all of them.
    """
    tally = _Tally()
    for group in groups:
        tally.count(group, cohort)
        if basis not in {"any", group.basis} or group.weight <= 0:
            continue
        y = credit(group)
        if y is not None and _in_cohort(group, cohort):
            tally.score(group, y)
        elif group.state == "overdue":
            tally.miss(group)
    return tally.record()


def levels(cells: Iterable[Cell]) -> list[Level]:
    """Forecasts by stated probability, lowest first."""
    by_p: defaultdict[Decimal, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_p[cell.p].append(cell)
    return [pool(by_p[p]) for p in sorted(by_p)]


def pool(cells: Sequence[Cell]) -> Level:
    """Several cells, at least one, as one level at their mean probability."""
    weight = fsum(cell.weight for cell in cells)
    same = all(cell.p == cells[0].p for cell in cells)
    mean = fsum(cell.weight * float(cell.p) for cell in cells) / weight
    return Level(
        float(cells[0].p) if same else mean,
        sum(cell.count for cell in cells),
        weight,
        fsum(cell.unit * cell.weight for cell in cells),
        fsum(cell.weight * cell.y for cell in cells),
    )
