"""Claims for tests: short makers, the shipped data, and strategies."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ledger.scoring.groups import Group
from ledger.scoring.scorecard import Scorecard
from ledger.scoring.scorecard import scorecards
from ledger.scoring.table import Cell
from ledger.scoring.table import merge
from ledger.scoring.table import tabulate

DATA = Path(__file__).parents[2] / "data" / "scoring"
DAY = date(2026, 1, 15)


def said(p: str, state: str = "true", **more: Any) -> Group:
    """A claim with a stated probability."""
    return Group(
        source=more.pop("source", "Ann"),
        state=state,
        probability=Decimal(p),
        basis="stated",
        **more,
    )


def hedged(p: str, hedge_class: str, state: str = "true", **more: Any) -> Group:
    """A claim whose probability is mapped from its hedge."""
    return Group(
        source=more.pop("source", "Ann"),
        state=state,
        probability=Decimal(p),
        basis="hedge",
        hedged=True,
        hedge_class=hedge_class,
        **more,
    )


def card_of(*groups: Group, **options: Any) -> Scorecard:
    """The only source's scorecard."""
    (card,) = scorecards(groups, as_of=DAY, **options).sources
    return card


def cells_of(*groups: Group) -> tuple[Cell, ...]:
    """Their stated forecasts as cells."""
    return tabulate(groups).forecasts["stated"]


def shipped(name: str) -> list[Group]:
    """The claims of a file in tests/data/scoring."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            said(row["p"], "true" if row["y"] == "1" else "false", count=int(row.get("count", 1)))
            for row in csv.DictReader(file)
        ]


probabilities = st.integers(0, 100).map(lambda n: Decimal(n) / 100)
outcomes = st.sampled_from([0.0, 1.0]) | st.integers(1, 9).map(lambda n: n / 10)
units = st.sampled_from([1.0, 0.5, 0.25])


def cells(*, binary: bool = False) -> st.SearchStrategy[tuple[Cell, ...]]:
    """Some forecasts, at least one."""
    ys = st.sampled_from([0.0, 1.0]) if binary else outcomes
    one = st.builds(Cell, probabilities, ys, units, st.none(), st.integers(1, 5))
    return st.lists(one, min_size=1, max_size=30).map(merge)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Any claim that a ledger may hold."""
    state = draw(
        st.sampled_from(
            ["true", "false", "partial", "ambiguous", "annulled", "open", "due", "overdue"]
        )
    )
    basis = draw(st.sampled_from(["stated", "hedge", "none"]))
    return Group(
        source=draw(st.sampled_from(["Ann", "Bob", "Cem"])),
        state=state,
        ripe=state in {"due", "overdue"} or (state != "open" and draw(st.booleans())),
        credit=draw(st.sampled_from([Decimal("0.25"), Decimal("0.5")]))
        if state == "partial"
        else None,
        probability=None if basis == "none" else draw(probabilities),
        basis=basis,
        hedged=basis == "hedge",
        hedge_class=draw(st.sampled_from(["", "likely", "possible", "unlikely"]))
        if basis == "hedge"
        else "",
        noncommittal=basis == "hedge" and draw(st.booleans()),
        weight=draw(st.sampled_from([Decimal(1), Decimal("0.5")])),
        undated=draw(st.booleans()),
        count=draw(st.integers(1, 4)),
    )
