"""A sentence cut into clauses, each with a future of its own."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.reading.cues import Cue


@dataclass(frozen=True, slots=True)
class Clause:
    """A span of a sentence (offsets into it) and the heads of claims inside."""

    start: int
    end: int
    heads: tuple[Cue, ...]


# Where a new clause begins: between two heads, the last such place splits them.
_STRONG = re.compile(
    r"; |\s[—–]\s?|: (?=\w)|,? but (?!also\b)|, (?:and|or|so|yet|while|whereas"
    r"|although|though|which"
    r"|who|where|with|because|adding|meaning|as) |,? (?:while|whereas|although"
    r"|though) "
    r"|, (?:a|an) (?:\w{2,20} )?(?:move|step|shift|change|decision|figure"
    r"|development|plan|deal|measure|trend)"
    r" (?=that|which)"
)
# "... and may even": the same subject goes on with a modal of its own.
_SHARED = re.compile(
    r",? (?:and|or|but|then) (?=(?:will|would|may|might|could|can|should|is|are|has)\b)"
)
_VERB_FIRST = re.compile(r"(?:will|would|may|might|could|can|should|is|are|has)\b")
_COPULA = re.compile(r"\s(?:(?:is|are|has|was|were)\s)?\Z")
_SUBORDINATE_FIRST = re.compile(
    r"\W{0,3}(?:while|although|though|as|because|since|when|once|after|even (?:if"
    r"|though)|despite)\b"
)


def split_clauses(folded: str, heads: list[Cue], condition: tuple[int, int] | None) -> list[Clause]:
    """The clauses of a folded sentence that hold a head, in order, covering it.

    A head inside the condition belongs to it, not to a claim, unless there is no other.
    """
    outside = [
        head for head in heads if not (condition and condition[0] <= head.start < condition[1])
    ]
    kept = outside or heads
    if not kept:
        return []
    cuts = [0]
    groups = [[kept[0]]]
    for before, after in itertools.pairwise(kept):
        cut = _cut_between(folded, before.end, after.start)
        if cut is None:
            groups[-1].append(after)
        else:
            cuts.append(cut)
            groups.append([after])
    ends = [*cuts[1:], len(folded)]
    return [
        Clause(*_tidy(folded, start, end), tuple(group))
        for start, end, group in zip(cuts, ends, groups, strict=True)
    ]


def shared_subject(folded: str, clauses: list[Clause], index: int) -> tuple[int, int] | None:
    """The span of the subject that a clause beginning with its verb shares with one before it."""
    first = index
    while first and _VERB_FIRST.match(folded, clauses[first].start):
        first -= 1
    if first == index:
        return None
    begin, head = clauses[first].start, clauses[first].heads[0].start
    copula = _COPULA.search(folded, begin, head)
    return begin, copula.start() if copula else head


def _cut_between(folded: str, start: int, end: int) -> int | None:
    cut = None
    for pattern in (_SHARED, _STRONG):
        for match in pattern.finditer(folded, start, end + 12):
            if match.end() <= end + 1:
                cut = max(cut or 0, match.start())
    if cut is None and _SUBORDINATE_FIRST.match(folded):
        comma = folded.rfind(", ", start, end)
        cut = comma if comma >= 0 else None
    return cut


_EDGE = " ,;:—–"
_LINK = re.compile(r"(?:and|but|or|so|yet|while|whereas|although|though|with|as|adding) ")


def _tidy(folded: str, start: int, end: int) -> tuple[int, int]:
    """The span without the punctuation and linking word that joined it to its neighbours."""
    while start < end and folded[start] in _EDGE:
        start += 1
    link = _LINK.match(folded, start, end) if start else None
    start = link.end() if link else start
    while end > start and folded[end - 1] in _EDGE:
        end -= 1
    return start, end
