"""A cue to an item's stance, never a verdict.

On judged headlines a light guess is hardly better than always saying the same, except where the
headline itself denies. So: *mentions*, unless a word of denial stands close to the matched words
of the title; then *contradicts*, with a low confidence. It is shown as a suggestion and never
enters a score.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_DENIAL_TEXT = """
abandons abandoned blocks blocked cancels cancelled canceled collapses collapsed declines
declined delays delayed denies denied dismisses dismissed drops dropped fails failed halts
halted never no not postpones postponed refuses refused rejects rejected rebuffs rebuffed
resists scraps scrapped scuttles spurns spurned unlikely vetoes vetoed without won't
"""
_DENIAL = frozenset(_DENIAL_TEXT.split())
_WORD = re.compile(r"[\w'’]+")
_REACH = 4  # words between the denial and the nearest matched word
_CONFIDENCE = 0.3


class Stance(NamedTuple):
    """The suggestion, how sure (0 to 1), and the word that gave it."""

    stance: str
    confidence: float
    cue: str


def suggest_stance(title: str, matched: Sequence[str], *, negated: bool) -> Stance:
    """What a title's wording suggests; `negated` is whether the claim itself denies."""
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(title)]
    wanted = {word.casefold() for word in matched}
    places = [i for i, word in enumerate(words) if word in wanted]
    for place, word in enumerate(words):
        near = any(abs(place - other) <= _REACH for other in places)
        if word in _DENIAL and word not in wanted and near:
            return Stance("supports" if negated else "contradicts", _CONFIDENCE, word)
    return Stance("mentions", 0.0, "")
