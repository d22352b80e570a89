"""A prediction's words as a query: what it is about, without how predictions are worded.

Measured on judged sets: a criterion pays at half weight; boosts for names, phrases and blind
expansion do not pay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from ledger.model import Prediction

MAX_TERMS = 48  # a claim has some ten; more only costs time
_MAX_CHARACTERS = 4_000

# A number with its separators, or a run of anything but space and punctuation. Not `\w`: it
# leaves out the vowel signs of Indic and other scripts, and would cut their words in pieces.
_WORD = re.compile(
    r"[0-9]+(?:[.,][0-9]+)+"
    r"|[^\s!-/:-@\[-`{-~\x7f-©«-´¶-¹»-¿\u060c\u061b\u061f\u06d4\u0964\u0965"
    r"\u2010-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]+"
)
_DAY = re.compile(r"[0-3]?\d|(?:19|20)\d\d")  # the window says when; the words say what
_STOP_TEXT = """
a about above after again against all also am an and any are as at be because been before
being below between both but by can cannot could did do does doing down during each either
even ever every few for from further had has have having he her here hers herself him himself
his how i if in into is it its itself just least less like made make many may me might more
most much must my myself neither no nor not now of off on once one only onto or other others
ought our ours ourselves out over own per put rather s same say says said shall she should
since so some still such t than that the their theirs them themselves then there these they
this those though through thus till to too under until up upon us very via was we were what
whatever when where whether which while who whom whose why will with within without would yet
you your yours yourself yourselves
"""
_STOP = frozenset(_STOP_TEXT.split())
# How predictions and their criteria are worded, whatever they are about.
_BOILERPLATE_TEXT = """
ahead anyone best bring brings claim claims come comes coming criterion date deadline due
end ends event expect expected expects eventually forecast forecasts future happen happens
judged judgement later likely long month months near next occur occurs outcome person
possible possibly predict predicted prediction predictions predicts probable probably public
publicly reported resolve resolves result results sign soon stays term time unlikely week
weeks year years
january february march april june july august september october november december
"""
_BOILERPLATE = frozenset(_BOILERPLATE_TEXT.split())


class Terms(NamedTuple):
    """Words to look for, in full and at half weight; none is in both."""

    full: tuple[str, ...]
    half: tuple[str, ...]


def query_terms(prediction: Prediction) -> Terms:
    """The words to look for a prediction's evidence by."""
    full = content_words(f"{prediction.statement}\n{prediction.quote}")
    beside = f"{prediction.criterion}\n{prediction.condition}\n{' '.join(prediction.tags)}"
    taken = {word.casefold() for word in full}
    half = [word for word in content_words(beside) if word.casefold() not in taken]
    return Terms(tuple(full[:MAX_TERMS]), tuple(half[:MAX_TERMS]))


def words_of(text: str) -> list[str]:
    """The words of a text's first few thousand characters, as they stand there."""
    return _WORD.findall(text[:_MAX_CHARACTERS])


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about, each once, in order."""
    found: dict[str, str] = {}
    for word in words_of(text):
        folded = word.casefold()
        if len(word) > 1 and not _DAY.fullmatch(folded) and folded not in _STOP | _BOILERPLATE:
            found.setdefault(folded, word)
    return list(found.values())
