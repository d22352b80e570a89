"""What makes a clause a forward-looking claim: cues with weights set by hand.

A head is a word group that can carry a claim (a modal, a forecast verb, a plan). Each clause
with a head is scored by the sum of its cues' weights through the logistic function.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ledger.reading.cue_table import AROUND
from ledger.reading.cue_table import HEADS
from ledger.reading.folding import is_name

THRESHOLD = 0.5
"""Confidence from which a clause is taken for a claim."""
_BIAS = -1.5


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue found in a clause: the words, what they say, and how much they weigh."""

    start: int
    end: int
    says: str
    weight: float
    kind: str = "prediction"


_HEAD_PATTERNS = tuple(
    (kind, weight, says, re.compile(rf"(?:(?<!\w)|(?='))(?:{form})(?!\w)"))
    for kind, weight, says, form in HEADS
)

_AROUND_PATTERNS = tuple(
    (weight, says, re.compile(rf"(?<!\w)(?:{form})(?![\w])")) for weight, says, form in AROUND
)
_PAST_STORY = re.compile(
    r"\b(?:19\d\d|last (?:year|month|week)|years ago|at the time|in the past|previously|formerly)\b"
)


def find_heads(text: str, folded: str) -> list[Cue]:
    """The word groups that can carry a claim, in order, none overlapping.

    `folded` is `text` folded; the capitals of `text` tell "Will" and "May" from the modals.
    """
    found: list[Cue] = []
    for kind, weight, says, pattern in _HEAD_PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if is_name(text, start) or any(
                start < other.end and other.start < end for other in found
            ):
                continue
            found.append(Cue(start, end, says, weight, kind))
    return sorted(found, key=lambda cue: cue.start)


def surroundings(folded: str, heads: list[Cue], *, dated: bool, asks: bool) -> list[Cue]:
    """The cues around a clause's heads that raise or lower it.

    Args:
        folded: The clause.
        heads: Its heads.
        dated: Whether it names a deadline that is still to come.
        asks: Whether its sentence is a question.
    """
    cues = [
        Cue(*match.span(), says, weight)
        for weight, says, pattern in _AROUND_PATTERNS
        if (match := pattern.search(folded))
    ]
    if dated:
        cues.append(Cue(0, 0, "names a time to come", 1.2))
    elif match := _PAST_STORY.search(folded):
        cues.append(Cue(*match.span(), "tells of the past", -0.7))
    if asks:
        cues.append(Cue(0, 0, "a question", -5.0))
    if len(heads) > 1:
        cues.append(Cue(0, 0, "more than one word of the future", 0.6))
    return cues


def confidence(heads: list[Cue], around: list[Cue]) -> float:
    """How surely the clause is a claim, 0-1: its strongest head and all that surrounds it."""
    total = _BIAS + max(cue.weight for cue in heads) + sum(cue.weight for cue in around)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
