"""An article's text → its forward-looking claims."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.reading.checkable import checkable
from ledger.reading.clauses import Clause
from ledger.reading.clauses import claim_clauses
from ledger.reading.conditions import find_condition
from ledger.reading.cues import Weighed
from ledger.reading.cues import asks
from ledger.reading.cues import may_claim
from ledger.reading.cues import weigh
from ledger.reading.deadlines import Deadline
from ledger.reading.deadlines import find_deadline
from ledger.reading.document import paragraphs
from ledger.reading.folding import fold
from ledger.reading.hedges import Strength
from ledger.reading.hedges import find_hedge
from ledger.reading.model import Claim
from ledger.reading.model import Reading
from ledger.reading.sentences import split_sentences
from ledger.reading.speakers import Ear
from ledger.reading.speakers import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ledger.reading.document import Paragraph

_MAX_SENTENCE = 4_000  # longer is a list or a table, and no sentence of anybody's
_MIN_STATEMENT = 25
_RELATIVE = re.compile(r"(?:which|who|whose|where|when|that)\b")
_PLAN = re.compile(
    r"\b(?:plans?|planned|intends?|vow(?:s|ed)?|pledge[sd]?|promise[sd]?|aims?|agreed|proposes?|"
    r"wants?|hopes?|preparing|committed) to\b"
)
_SCHEDULE = re.compile(
    r"\b(?:scheduled|due|slated|will (?:be held|take place|open|begin|start|meet|hold|visit|host|"
    r"attend|miss|kick off|take effect|go on (?:sale|trial)))\b"
)


def read_article(
    text: str, *, published: date, author: str = "", outlet: str = "", title: str = ""
) -> Reading:
    """Find the claims about the future in a dated article.

    Args:
        text: The article as read; offsets count its characters.
        published: When it was published; deadlines are counted from it.
        author: Who wrote it: the speaker where the text names nobody.
        outlet: Who published it: the speaker where no author is known either.
        title: What it is called.
    """
    byline = clean_line(author or outlet, limit=200) or "AUTHOR"
    ear = Ear()
    claims = [
        claim
        for paragraph in paragraphs(text)
        if paragraph.kind == "text"
        for claim in _paragraph_claims(text, paragraph, ear, byline, published)
    ]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Reading(clean_line(title, limit=500), published, digest, tuple(claims))


def _paragraph_claims(
    text: str, paragraph: Paragraph, ear: Ear, byline: str, published: date
) -> Iterator[Claim]:
    spans = split_sentences(text, paragraph.start, paragraph.end)
    for number, (start, end) in enumerate(spans, start=1):
        sentence = text[start:end]
        heard = ear.hear(sentence)
        if len(sentence) > _MAX_SENTENCE:
            continue
        speaker = heard if heard.name else Speaker(byline, "author")
        place = (paragraph.number, number, start)
        yield from _sentence_claims(sentence, place, speaker, published)


def _sentence_claims(
    sentence: str, place: tuple[int, int, int], speaker: Speaker, published: date
) -> Iterator[Claim]:
    if asks(sentence) or not may_claim(sentence):
        return
    clauses = claim_clauses(sentence)
    weighed = [(clause, _weighed(sentence, clause, published)) for clause in clauses]
    kept = [(clause, found) for clause, found in weighed if found.is_claim]
    if len(kept) < 2:
        # One claim is quoted with the whole sentence around it.
        anchor = kept[0][0] if kept else (clauses or [Clause(0, 0, 0)])[0]
        everything = Clause(0, len(sentence), anchor.start + anchor.anchor)
        found = kept[0][1] if kept else _weighed(sentence, everything, published)
        kept = [(everything, found)] if found.is_claim else []
    for clause, found in kept:
        yield _claim(sentence, clause, found, place, speaker, published)


def _weighed(sentence: str, clause: Clause, published: date) -> Weighed:
    words = sentence[clause.start : clause.end]
    return weigh(words, dated=find_deadline(words, published).due is not None)


def _claim(
    sentence: str,
    clause: Clause,
    weighed: Weighed,
    place: tuple[int, int, int],
    speaker: Speaker,
    published: date,
) -> Claim:
    paragraph, number, offset = place
    words = sentence[clause.start : clause.end]
    deadline = _deadline(sentence, clause, published)
    strength: Strength = find_hedge(words, near=clause.anchor)
    return Claim(
        quote=words,
        start=offset + clause.start,
        end=offset + clause.end,
        paragraph=paragraph,
        sentence=number,
        statement=_statement(sentence, words),
        speaker=clean_line(speaker.name, limit=200),
        speaker_basis=speaker.basis,
        hedge=clean_line(strength.phrase, limit=100),
        hedge_class=strength.hedge_class,
        negated=strength.negated,
        probability=strength.probability,
        probability_low=strength.low,
        probability_high=strength.high,
        probability_basis=strength.basis,
        noncommittal=strength.noncommittal,
        condition=_line(find_condition(words, sentence)),
        due_start=published,
        due=deadline.due,
        due_basis=deadline.basis,
        due_phrase=clean_line(deadline.phrase, limit=300),
        due_rule=deadline.rule,
        checkable=checkable(words, dated=deadline.due is not None),
        kind=_kind(words, dated=deadline.due is not None),
        confidence=round(weighed.confidence, 2),
        cues=tuple(clean_line(reason, limit=200) for reason in weighed.reasons),
    )


def _deadline(sentence: str, clause: Clause, published: date) -> Deadline:
    """The clause's own; else, for a relative clause, that of the words it leans on."""
    words = sentence[clause.start : clause.end]
    own = find_deadline(words, published)
    if own.due is None and clause.start and _RELATIVE.match(fold(words)):
        return find_deadline(sentence[: clause.start], published)
    return own


def _statement(sentence: str, words: str) -> str:
    """One line that can stand alone: the clause, or the sentence where the clause leans on it."""
    leaning = _RELATIVE.match(fold(words)) or len(words) < _MIN_STATEMENT
    line = clean_line(sentence if leaning else words, limit=500)
    return line[:1].upper() + line[1:]


def _line(words: str | None) -> str | None:
    return None if words is None else clean_line(words, limit=500)


def _kind(words: str, *, dated: bool) -> str:
    folded = fold(words)
    if _PLAN.search(folded):
        return "plan"
    return "schedule" if dated and _SCHEDULE.search(folded) else "prediction"
