"""A scorecard as the journal keeps it: every figure as text, to be compared when recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.scoring.scorecard import scorecards_json

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Mapping

    from ledger.scoring.scorecard import Scorecards

# The version of the scoring rules: raised whenever a change gives any claim another figure.
RULES = 1
_SAME = 1e-9  # figures this close are the same, whatever machine computed them


def publication(cards: Scorecards, only: Collection[str]) -> dict[str, Any]:
    """The scorecards as canonical JSON values; figures are the shortest text that reads back.

    Args:
        cards: What to publish.
        only: The sources that were asked for; none for all.
    """
    told = scorecards_json(cards)
    for card in (*told["sources"], told["pooled"]):
        del card["says"]  # words may be put better without any figure changing
    return {"rules": RULES, "only": sorted(only), **_without_floats(told)}


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: _without_floats(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_floats(inner) for inner in value]
    return value


def differences(published: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    """What a publication says otherwise than the same one worked out again: source and figure."""
    cards = {card["source"]: card for card in published["sources"]}
    expected = {card["source"]: card for card in again["sources"]}
    for name in sorted(cards.keys() | expected.keys()):
        yield from _differing(cards.get(name), expected.get(name), clean_line(name, limit=80))
    yield from _differing(published["pooled"], again["pooled"], "all sources together")


def _differing(said: Any, again: Any, where: str) -> Iterator[str]:
    if isinstance(said, dict) and isinstance(again, dict):
        for key in sorted(said.keys() | again.keys()):
            yield from _differing(said.get(key), again.get(key), f"{where}: {clean_line(key)}")
    elif isinstance(said, list) and isinstance(again, list) and len(said) == len(again):
        for number, pair in enumerate(zip(said, again, strict=True), start=1):
            yield from _differing(*pair, f"{where} {number}")
    elif not _same(said, again):
        yield f"{where} was published as {_shown(said)}, and is {_shown(again)}"


def _same(said: Any, again: Any) -> bool:
    if said == again or not (isinstance(said, str) and isinstance(again, str)):
        return bool(said == again)
    try:
        return abs(float(said) - float(again)) <= _SAME
    except ValueError:
        return False


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)} values"
    return "nothing" if value is None else clean_line(str(value), limit=40)
