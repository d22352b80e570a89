"""From a dated article to its forward-looking claims: rules alone, no network, no chance."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.reading import cues
from ledger.reading.clauses import Clause
from ledger.reading.clauses import shared_subject
from ledger.reading.clauses import split_clauses
from ledger.reading.conditions import find_condition
from ledger.reading.deadlines import Deadline
from ledger.reading.deadlines import find_deadline
from ledger.reading.document import paragraphs
from ledger.reading.folding import fold
from ledger.reading.hedges import find_hedge
from ledger.reading.judging import checkability
from ledger.reading.judging import kind_of
from ledger.reading.model import Claim
from ledger.reading.model import Reading
from ledger.reading.sentences import split_sentences
from ledger.reading.speakers import Attribution
from ledger.reading.speakers import SpeakerTracker
from ledger.reading.statements import antecedent
from ledger.reading.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_RELATIVE = re.compile(r"(?:which|where|when)\b")
UNKNOWN_AUTHOR = "AUTHOR"
"""The speaker of what nobody else is named for, where neither author nor outlet is known."""
LONGEST_SENTENCE = 1_500
"""Characters; what is longer is a table or a wall of text, not a sentence."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    folded: str
    start: int
    paragraph: int
    number: int
    said_by: Attribution


def read_article(
    text: str, *, published: date, author: str = "", outlet: str = "", title: str = ""
) -> Reading:
    """The claims of an article, in the order of its text.

    Args:
        text: The article as read; every offset in the answer counts its characters.
        published: What relative dates count from.
        author: Who wrote it: the speaker where the text names nobody else.
        outlet: Who published it: the speaker where the author is not known either.
        title: The article's title, kept as it is given.
    """
    by = clean_line(author) or clean_line(outlet) or UNKNOWN_AUTHOR
    found = [claim for sentence in _sentences(text, by) for claim in _claims(sentence, published)]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Reading(clean_line(title), published, digest, tuple(found))


def _sentences(text: str, author: str) -> Iterator[_Sentence]:
    tracker = SpeakerTracker(author)
    for paragraph in paragraphs(text):
        if paragraph.kind != "text":
            continue
        spans = split_sentences(text, paragraph.start, paragraph.end)
        for number, (start, end) in enumerate(spans, start=1):
            if end - start > LONGEST_SENTENCE:
                continue
            sentence = text[start:end]
            said_by = tracker.attribute(sentence, text[end : min(paragraph.end, end + 600)])
            yield _Sentence(sentence, fold(sentence), start, paragraph.number, number, said_by)


def _claims(sentence: _Sentence, published: date) -> list[Claim]:
    heads = cues.find_heads(sentence.text, sentence.folded)
    if not heads:
        return []
    condition = find_condition(sentence.text)
    clauses = split_clauses(sentence.folded, heads, condition)
    judged = []
    for index, clause in enumerate(clauses):
        why, sure, deadline = _judge(sentence, clause, published, alone=len(clauses) == 1)
        if sure >= cues.THRESHOLD:
            shared = shared_subject(sentence.folded, clauses, index)
            subject = sentence.text[slice(*shared)] if shared else ""
            judged.append((clause, why, sure, deadline, subject))
    if len(judged) == 1:
        # The only claim of its sentence is quoted with the whole of it.
        clause, why, sure, deadline, _ = judged[0]
        judged = [(Clause(0, len(sentence.text), clause.heads), why, sure, deadline, "")]
    return [_claim(sentence, *one, condition, published) for one in judged]


def _judge(
    sentence: _Sentence, clause: Clause, published: date, *, alone: bool
) -> tuple[tuple[str, ...], float, Deadline]:
    start, end = (0, len(sentence.text)) if alone else (clause.start, clause.end)
    folded = sentence.folded[start:end]
    deadline = _deadline(sentence, clause, published, start, end)
    heads = list(clause.heads)
    around = cues.surroundings(
        folded, heads, dated=deadline.due is not None, asks=_asks(sentence.text)
    )
    sure = cues.confidence(heads, around)
    why = [f"{sentence.text[cue.start : cue.end].strip()} ({cue.says})" for cue in heads]
    why += [f"{cue.says} ({cue.weight:+.1f})" for cue in around]
    return tuple(clean_line(line, limit=120) for line in why), round(sure, 2), deadline


def _deadline(
    sentence: _Sentence, clause: Clause, published: date, start: int, end: int
) -> Deadline:
    near = clause.heads[0].start - start
    found = find_deadline(sentence.text[start:end], published, near=near)
    if found.due is None and _RELATIVE.match(sentence.folded, start):
        # "... at the summit, which he will miss": the clause leans on the noun before it.
        start = antecedent(sentence.text, start)
        found = find_deadline(sentence.text[start:end], published)
    return found


def _asks(text: str) -> bool:
    return text.rstrip("\"'”’)» ").endswith(("?", "？"))


def _claim(
    sentence: _Sentence,
    clause: Clause,
    why: tuple[str, ...],
    sure: float,
    deadline: Deadline,
    subject: str,
    condition: tuple[int, int] | None,
    published: date,
) -> Claim:
    quote = sentence.text[clause.start : clause.end]
    head = max(clause.heads, key=lambda cue: cue.weight)
    hedge = find_hedge(quote, near=head.start - clause.start)
    return Claim(
        quote=quote,
        start=sentence.start + clause.start,
        end=sentence.start + clause.end,
        paragraph=sentence.paragraph,
        sentence=sentence.number,
        statement=statement(
            sentence.text,
            clause.start,
            clause.end,
            subject=subject,
            speaker=_named(sentence.said_by),
        ),
        speaker=clean_line(sentence.said_by.speaker, limit=200),
        speaker_basis=sentence.said_by.basis,
        hedge=clean_line(hedge.phrase),
        hedge_class=hedge.hedge_class,
        negated=hedge.negated,
        probability=hedge.probability,
        probability_low=hedge.low,
        probability_high=hedge.high,
        probability_basis=hedge.basis,
        noncommittal=hedge.noncommittal,
        condition=_condition_text(sentence.text, condition, clause),
        due_start=deadline.due_start if deadline.due else published,
        due=deadline.due,
        due_basis=deadline.basis,
        due_phrase=clean_line(deadline.phrase),
        due_rule=deadline.rule,
        checkable=checkability(quote, dated=deadline.due is not None),
        kind=kind_of(quote, clause, dated=deadline.due is not None),
        confidence=sure,
        cues=why,
    )


def _named(said_by: Attribution) -> str:
    return "" if said_by.basis == "author" else said_by.speaker


def _condition_text(text: str, span: tuple[int, int] | None, clause: Clause) -> str | None:
    """The condition, if the claim's clause holds it or stands beside it."""
    if span is None or span[0] >= clause.end:
        return None
    return clean_line(text[span[0] : span[1]], limit=300) or None
