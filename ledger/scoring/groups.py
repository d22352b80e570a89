"""What scoring asks of a claim: which way it leans, its number, its credit, its vagueness."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_AGAINST = frozenset({"unlikely", "very_unlikely"})
_HALF = Decimal("0.5")
VAGUE_CAUSES = ("no_due_date", "no_criterion", "no_strength", "noncommittal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Claims alike in everything that scoring asks, and how many they are.

    Attributes:
        source: Who is scored.
        state: The outcome (``true``, ``false``, ``partial``, ``ambiguous``, ``annulled``), or
            ``open``, ``due``, ``overdue`` where there is none yet.
        ripe: The due day has come.
        credit: Of a partial outcome, strictly between 0 and 1.
        probability: 0 to 1, or None.
        basis: Where the probability comes from: ``stated``, ``hedge``, ``none``.
        hedged: There is a hedge word, whatever it means.
        hedge_class: ``certain``, ``likely``, ``possible``, ``unlikely``, ``very_unlikely``, or "".
        noncommittal: The hedge commits to nothing (*may*, *could*).
        baseline: The probability to beat, frozen at capture.
        weight: 1, or less for each repeat of one claim.
        undated: The source gave no date; the due day is ours.
        uncheckable: Nothing would settle the claim.
        count: How many claims.
    """

    source: str = ""
    state: str = "open"
    ripe: bool = True
    credit: Decimal | None = None
    probability: Decimal | None = None
    basis: str = "none"
    hedged: bool = False
    hedge_class: str = ""
    noncommittal: bool = False
    baseline: Decimal | None = None
    weight: Decimal = Decimal(1)
    undated: bool = False
    uncheckable: bool = False
    count: int = 1


def lean(group: Group) -> int:
    """Which way a claim leans: 1 for what it says, -1 against, 0 neither.

    A stated number decides; else the hedge; a bare claim leans for what it says.
    """
    if group.basis == "stated" and group.probability is not None:
        return (group.probability > _HALF) - (group.probability < _HALF)
    if group.hedge_class:
        return -1 if group.hedge_class in _AGAINST else 1
    # A mapped hedge of unknown class: its number decides, unless it is only "could".
    if group.probability is not None and not group.noncommittal:
        return -1 if group.probability < _HALF else 1
    return 1


def credit(group: Group) -> float | None:
    """The outcome as a number, 0 to 1; None where the claim is not scored."""
    if group.state == "partial":
        return None if group.credit is None else float(group.credit)
    return {"true": 1.0, "false": 0.0}.get(group.state)


def vague_causes(group: Group) -> tuple[str, ...]:
    """Why a claim cannot be held to account, of `VAGUE_CAUSES`; empty where it can."""
    stated = group.basis == "stated" and group.probability is not None
    found = (
        group.undated,
        group.uncheckable,
        not stated and group.probability is None and not group.hedged,
        not stated and group.noncommittal,
    )
    return tuple(cause for cause, holds in zip(VAGUE_CAUSES, found, strict=True) if holds)


def forecast(group: Group) -> Decimal | None:
    """The number to score, stated or mapped from a hedge that commits to something; or None."""
    if group.basis == "stated" or (group.basis == "hedge" and not group.noncommittal):
        return group.probability
    return None
