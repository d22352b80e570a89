"""Chances that a source states as a number: per cent, odds, one in N."""

from __future__ import annotations

import re

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,3})?|" + "|".join(_NUMBERS) + ")"
_PERCENT = r"(?:\s?%| per ?cent(?:age)?)"
_NOUN = r"(?:chances?|probability|likelihood|odds|possibility|risk|certain|certainty|likely|sure)"
_ARTICLE = r"(?:an?|the|about|around|roughly|only|at|as|than|of|is|to|are|over|at least) "

_FORMS = (
    # "a 70 per cent chance", "70% likely", "a 60-70% probability" (read at its middle)
    re.compile(
        rf"(?<![\w.])(?:(?P<low>{_NUMBER})\s?(?:-|–|to| to )\s?)?(?P<percent>{_NUMBER})"
        rf"(?:{_PERCENT}|-percent|-per-cent) (?:or (?:greater|better|more) )?{_NOUN}\b"
    ),
    # "the probability of a recession at 40%": bounded distance, no sentence end between
    re.compile(
        rf"\b(?:chances?|probability|likelihood|odds)\b[^.;!?]{{0,80}}?\b(?:at|is|to|of|be)"
        rf" (?:about |around |roughly |only |just )?(?P<percent>{_NUMBER}){_PERCENT}"
    ),
    # "one in five chance", "a 1-in-20 chance"
    re.compile(
        rf"(?<![\w.])(?P<top>{_NUMBER})[ -](?:in"
        rf"|out of)[ -](?:an? )?(?P<all>{_NUMBER})[ -]{_NOUN}\b"
    ),
    re.compile(
        rf"\b{_NOUN} (?:is |are |of |at )?(?:about )?(?P<top>{_NUMBER}) in (?P<all>{_NUMBER})\b"
    ),
)
# "3-to-1 odds", "odds of 3 to 1 against": for and against must be said; bookmakers' bare odds
# are against.
_ODDS = re.compile(
    rf"\bodds\b[^.;!?]{{0,60}}?\b(?P<a>{_NUMBER})(?:-to-| to |-"
    rf"|/)(?P<b>{_NUMBER})(?P<on> on| in favou?r)?"
    rf"|(?<![\w.])(?P<c>{_NUMBER})(?:-to-| to )(?P<d>{_NUMBER}) (?:odds|chance|shot"
    r"|outsider|against)"
    rf"|(?<![\w.])(?P<e>{_NUMBER})(?:-to-| to )(?P<f>{_NUMBER}) (?:on|favou?rite)\b"
)


def _value(text: str) -> float:
    return float(_NUMBERS.get(text, 0)) or float(text if text[0].isdigit() else "0")


def stated_chance(folded: str) -> tuple[float, tuple[int, int]] | None:
    """The chance (0-1) a folded clause states, with the span that says it; None if none does."""
    for form in _FORMS:
        match = form.search(folded)
        if match:
            share = _share(match.groupdict())
            if share is not None and 0 <= share <= 1:
                return share, match.span()
    odds = _ODDS.search(folded)
    return (_odds_share(odds), odds.span()) if odds else None


def _share(parts: dict[str, str | None]) -> float | None:
    percent, low = parts.get("percent"), parts.get("low")
    if percent:
        high = _value(percent)
        return (_value(low) + high) / 200 if low else high / 100
    top, whole = _value(parts.get("top") or "0"), _value(parts.get("all") or "0")
    return top / whole if whole else None


def _odds_share(match: re.Match[str]) -> float:
    first, second = (
        _value(part)
        for part in (match["a"] or match["c"] or match["e"], match["b"] or match["d"] or match["f"])
    )
    total = first + second
    in_favour = bool(match["on"] or match["e"])
    return 0.5 if not total else (first if in_favour else second) / total
