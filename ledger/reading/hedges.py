"""How strongly a claim is put: the hedge, its class, and the probability readers give it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ledger.reading.chances import stated_chance
from ledger.reading.folding import fold
from ledger.reading.folding import is_name

_LEXICON: dict[str, Any] = json.loads(
    files("ledger.reading").joinpath("lexicon.json").read_text(encoding="utf-8")
)
LEXICON_VERSION: str = _LEXICON["version"]
NONCOMMITTAL_SPREAD = 55
"""Points between the 5th and 95th percentile from which a phrase commits nobody."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What a phrase says about how sure its speaker is.

    `probability`, `low` and `high` (mean and quartiles over readers) are decimal strings, all
    None where nothing gives a number; `basis` is `stated`, `hedge` or `none`.
    """

    phrase: str
    hedge_class: str
    probability: str | None
    low: str | None
    high: str | None
    basis: str
    noncommittal: bool
    negated: bool = False


# Each form and the lexicon entry whose figures it takes. Longer forms first within a modal, so
# that "could well" is not read as "could". Adverbs may stand between a modal and its verb.
_FORMS: tuple[tuple[str, str], ...] = (
    ("almost no chance", r"(?:almost|next to|virtually|practically) no (?:chance|prospect|hope)"),
    ("almost no chance", r"(?:almost|virtually) certain(?:ly)? not"),
    ("remote chance", r"(?:a )?(?:remote|slim) (?:chance|possibility|prospect)s?"),
    (
        "chances are slight",
        r"chances? (?:is|are|look|seem)s? (?:very )?(?:slight|slim|small|remote)",
    ),
    ("little chance", r"(?:little|small|slight) (?:chance|prospect|likelihood|hope)"),
    (
        "highly unlikely",
        r"(?:highly|very|extremely|most|exceedingly|deeply) (?:unlikely|improbable)",
    ),
    ("improbable", r"improbable"),
    ("with low probability", r"(?:with (?:a )?)?low probability"),
    ("unlikely", r"(?:looks? |seems? |appears? )?(?:unlikely|not (?:very |at all )?likely)"),
    ("unlikely", r"isn't likely|aren't likely"),
    ("we doubt", r"doubts?|doubted|doubtful|sceptical|skeptical|pessimistic"),
    ("almost certain", r"(?:almost|nearly|virtually|all but|near) certain(?:ly|ty)?"),
    ("certainly", r"(?:certain(?:ly)?|sure(?:ly)?|undoubtedly|definitely|inevitabl[ey]) (?:to )?"),
    ("certainly", r"certain(?:ly)?|undoubtedly|definitely|bound to|no doubt|without doubt"),
    ("slam dunk", r"(?:a )?slam dunk"),
    (
        "highly likely",
        r"(?:highly|very|extremely|most|quite|overwhelmingly) (?:likely|probabl[ey])",
    ),
    ("with high probability", r"(?:with (?:a )?)?high(?:ly)? probability"),
    ("very good chance", r"(?:very good|strong|excellent|good) chance"),
    ("better than even", r"better than even|more likely than not|more often than not"),
    (
        "about even",
        r"(?:an? )?(?:about |roughly )?(?:even chance|even odds|toss-?up|coin (?:flip|toss))",
    ),
    ("about even", r"fifty-fifty|50-50|50/50"),
    ("serious possibility", r"(?:serious|strong|distinct) possibility"),
    ("realistic possibility", r"realistic (?:possibility|chance|prospect)"),
    ("real possibility", r"real (?:possibility|chance|prospect)"),
    ("likely", r"(?:looks? |seems? |appears? |more )?likely(?: to)?|in all likelihood|most likely"),
    ("probable", r"probabl[ey]|presumably"),
    ("could happen", r"could (?:just )?as (?:easily|well)"),
    ("might happen", r"might (?:well|yet|even|still|also|just)"),
    ("could happen", r"could (?:well|yet|even|still|also|soon|easily|potentially|conceivably)"),
    ("may happen", r"may (?:well|yet|even|still|also|soon|potentially)"),
    ("might happen", r"might|mightn't"),
    ("may happen", r"may"),
    ("could happen", r"could|couldn't|can"),
    ("possibly", r"possibly|potentially|perhaps|conceivabl[ey]|possible|possibility|potential"),
    ("maybe", r"maybe"),
    (
        "possibly",
        r"(?:at )?risks?(?: of)?|risking|threat(?:ens?|ening)?(?: to)?|chances?|prospects?",
    ),
    ("hopes to", r"(?:hope|hopes|hoping|hoped|hopeful|aspires?|aims?|aiming|aimed)(?: to| that)?"),
    ("should", r"should|ought to"),
    (
        "we believe",
        (
            r"(?:is |are |was |were |be )?(?:widely )?"
            r"(?:(?:expect|project|forecast|predict)(?:s|ed|ing)?|(?:anticipat|estimat)(?:e|es|ed|ing)"
            r"|reckon(?:s|ed)?|foresee(?:s|n)?|tipped|seen|likelihood)(?: to| that)?"
        ),
    ),
    ("we believe", r"(?:believe|think|feel|suspect|guess|assume)s?|believed|confident|optimistic"),
    (
        "plans to",
        (
            r"(?:is |are )?(?:plan(?:s|ned|ning)?|(?:intend|vow)(?:s|ed|ing)?"
            r"|(?:pledg|promis|propos)(?:e|es|ed|ing)|wants?|commit(?:s|ted)?|agreed|guidance"
            r"|seek(?:s|ing)?|prepar(?:es|ing)|consider(?:s|ing))(?: to)?"
        ),
    ),
    (
        "is set to",
        (
            r"(?:is |are )?(?:set|due|slated|scheduled|poised|on track|on course|about|destined"
            r"|earmarked|fated|doomed)(?: to| for)"
        ),
    ),
    ("would (reported)", r"would(?:n't)?|'d"),
    ("will happen", r"will|won't|'ll|shall|going to|(?:is|are) to|cannot|can't"),
    ("never", r"(?:is |are )?impossible"),
)
_PATTERNS = tuple((entry, re.compile(rf"(?<![\w-])(?:{form})(?![\w-])")) for entry, form in _FORMS)
_NEGATION = re.compile(
    r"(?:will|would|may|might|could|should|can|shall|is|are|do|does|did)(?:n't|not"
    r"|(?: \w{2,12}ly| likely| still| also| well)? (?:not|never))\b"
    r"|(?:won't|can't|cannot|shan't)\b|\b(?:never|no longer)\b"
)
_MODAL_ENTRIES = frozenset({"will happen", "would (reported)", "is set to"})
_SOFT_ENTRIES = frozenset({"we believe", "plans to", "hopes to", "should"})
# How far apart two hedges may stand and still be one stack ("is expected, analysts say, to").
_STACK_REACH = 48


def _entry(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _LEXICON["entries"].get(name) or _LEXICON["house"][name]
    return found


def _share(percent: float) -> str:
    """Per cent as decimal text, kept off 0 and 1: nobody's word is a proof."""
    return f"{Decimal(str(min(max(percent, 2), 98))) / 100:.2f}"


def class_of(percent: float) -> str:
    """The class of a probability in per cent; bounds at 10, 30, 60 and 90."""
    bounds = ((90, "certain"), (60, "likely"), (30, "possible"), (10, "unlikely"))
    return next((name for bound, name in bounds if percent >= bound), "very_unlikely")


def _strength(phrase: str, name: str, *, negated: bool) -> Strength:
    entry = _entry(name)
    spread = entry.get("p95", 0) - entry.get("p5", 0)
    return Strength(
        phrase=phrase,
        hedge_class=class_of(entry["mean"]),
        probability=_share(entry["mean"]),
        low=_share(entry["q1"]),
        high=_share(entry["q3"]),
        basis="hedge",
        noncommittal=spread >= NONCOMMITTAL_SPREAD,
        negated=negated,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    entry: str

    @property
    def mean(self) -> float:
        return float(_entry(self.entry)["mean"])


def _find_all(folded: str) -> list[_Found]:
    taken: list[_Found] = []
    for entry, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if not any(start < other.end and other.start < end for other in taken):
                taken.append(_Found(start, end, entry))
    return sorted(taken, key=lambda found: found.start)


def find_hedge(clause: str, *, near: int = 0) -> Strength:
    """The strength of one clause: a stated number, else its hedge, else nothing.

    Args:
        clause: The clause as written.
        near: Where the word that makes it a claim stands (its modal); the hedges stacked
            around it count, and the weakest of them is taken.
    """
    folded = fold(clause[:2_000])
    negated = _NEGATION.search(folded, max(0, near - 8), near + 40) is not None
    chance = stated_chance(folded)
    if chance is not None:
        share, phrase = chance
        return Strength(
            clause[phrase[0] : phrase[1]],
            class_of(share * 100),
            *(3 * (f"{share:.2f}",)),
            basis="stated",
            noncommittal=False,
            negated=negated,
        )
    found = [one for one in _find_all(folded) if not is_name(clause, one.start)]
    stack = _stack(folded, found, near)
    if not stack:
        return Strength(
            "", "certain", None, None, None, "none", noncommittal=False, negated=negated
        )
    weakest = _weakest(stack)
    return _strength(clause[weakest.start : weakest.end].strip(), weakest.entry, negated=negated)


def _weakest(stack: list[_Found]) -> _Found:
    """The hedge that commits its speaker least: nearest to the middle of the scale."""
    return min(stack, key=lambda found: abs(found.mean - 45))


def _stack(folded: str, found: list[_Found], near: int) -> list[_Found]:
    """The hedges that lean on one another around `near`, no clause boundary between them."""
    if not found:
        return []
    index = min(range(len(found)), key=lambda i: (_distance(found[i], near), i))
    low = high = index
    while low > 0 and _leans(folded, found[low - 1], found[low]):
        low -= 1
    while high + 1 < len(found) and _leans(folded, found[high], found[high + 1]):
        high += 1
    return found[low : high + 1]


def _distance(found: _Found, near: int) -> int:
    return (
        0
        if found.start <= near < found.end
        else min(abs(found.start - near), abs(found.end - near))
    )


_BREAK = re.compile(r"[,;:—–]| (?:and|but|or|as|because|which|who|while|if|when|than) ")


def _leans(folded: str, left: _Found, right: _Found) -> bool:
    gap = folded[left.end : right.start]
    if left.entry in _MODAL_ENTRIES and right.entry in _SOFT_ENTRIES | _MODAL_ENTRIES:
        # "will plan", "is set to propose": what is done, not how surely.
        return False
    reach = _STACK_REACH if left.entry in _SOFT_ENTRIES | {"possibly", "we doubt"} else 14
    return len(gap) <= reach and not _BREAK.search(gap)


@lru_cache(maxsize=1_024)
def _lookup(phrase: str) -> Strength:
    # A phrase given alone is read whole: "probably not" has figures of its own.
    if phrase in _LEXICON["entries"]:
        return _strength(phrase, phrase, negated=False)
    found = _find_all(phrase)
    if not found:
        return Strength(phrase, "certain", None, None, None, "none", noncommittal=False)
    return _strength(phrase, _weakest(found).entry, negated=False)


def hedge_probability(phrase: str) -> Strength | None:
    """What readers make of a hedge given by itself, its probability in it; None if unknown."""
    found = _lookup(fold(phrase[:200]).strip())
    return found if found.probability is not None else None


def is_noncommittal(phrase: str) -> bool:
    """Whether readers of the hedge differ by 55 points or more (5th to 95th percentile)."""
    return _lookup(fold(phrase[:200]).strip()).noncommittal
