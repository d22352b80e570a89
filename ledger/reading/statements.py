"""A claim as one clean line: without the words that only tell who said it."""

from __future__ import annotations

import re

from ledger.clean import clean_line

_SAYING = (
    r"(?:said|says|warned|predicted|forecast|announced|stated|noted|reported|claimed|believes?|thinks?"
    r"|argue[sd]|added|insisted|confirmed|suggest(?:s|ed)|estimate[sd]|explained)"
)
_LINKING = re.compile(
    r"(?:However|Moreover|Furthermore|Meanwhile|Nevertheless|Still|Yet|But|And|So|Also|In addition"
    r"|For instance|For example|As a result|Indeed|Of course|On (?:the )?(?:one|other) hand"
    r"|At the same time|In particular),?\s+"
)
# A concession by itself says what it says: "While it could help" is "It could help".
_CONCEDING = re.compile(r"(?:While|Although|Though|Even though|Whereas)\s+(?=[^,]*\Z)")
_LEAD = re.compile(
    rf"[^\"“”,;:]{{2,90}}\s{_SAYING}\s(?:on \w{{3,9}}\s)?"
    r"(?:that\s|:\s?[\"“]|(?=(?:he|she|it|they)\s))(?=.{20})"
)
_PRONOUN = re.compile(r"(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)\s")
_ACCORDING = re.compile(r"According to [^,]{2,90},\s(?=.{20})")
_TAIL = re.compile(
    rf"(?:,[\"”]?|[.!?]?[\"”],?)\s(?:{_SAYING}\s[^,.\"“”]{{2,90}}|[^,.\"“”]{{2,60}}\s{_SAYING}"
    r"(?:\son\s\w{6,9})?|[^,.\"“”]{2,40}\stold\s[^,.\"“”]{2,40}|according to [^,\"“”]{2,120})\.?\Z"
)
_RELATIVE = re.compile(r"(?:which|who|that|where)\b")
_DETERMINER = re.compile(r"\b(?:the|a|an|his|her|its|their|this|these|those|our)\s", re.IGNORECASE)


def statement(sentence: str, start: int, end: int, *, subject: str = "", speaker: str = "") -> str:
    """The claim in `sentence[start:end]` as a line that stands by itself.

    A relative clause takes along the noun it leans on.

    Args:
        sentence: The sentence as written.
        start: Where the claim begins in it.
        end: Where it ends.
        subject: The words before a clause that begins with its verb.
        speaker: Who the "he" of a reported claim is, where the text names somebody.
    """
    sentence, end = sentence[:2_000], min(end, 2_000)
    if _RELATIVE.match(sentence, start):
        start = antecedent(sentence, start)
    whole = clean_line(f"{subject} {sentence[start:end]}", limit=600)
    line = _without_lead(_without_tail(whole), speaker).strip(' "“”‘,;:')
    return (line[:1].upper() + line[1:]) or whole


def _without_lead(line: str, speaker: str) -> str:
    linking = _LINKING.match(line)
    line = line[linking.end() :] if linking else line
    line = _CONCEDING.sub("", line)
    lead = _ACCORDING.match(line) or _LEAD.match(line)
    if not lead:
        return line
    line = line[lead.end() :]
    return _PRONOUN.sub(lambda _: f"{speaker} ", line, count=1) if _refers(line, speaker) else line


def _refers(line: str, speaker: str) -> bool:
    return bool(speaker) and _PRONOUN.match(line) is not None


def _without_tail(line: str) -> str:
    # The tail is searched only at the end, where it can be.
    cut = max(0, len(line) - 260)
    return line[:cut] + _TAIL.sub("", line[cut:])


def antecedent(sentence: str, start: int) -> int:
    """Where the noun begins that a relative clause at `start` leans on; `start` if none is near."""
    found = [*_DETERMINER.finditer(sentence, max(0, start - 70), start)]
    return found[-1].start() if found else start
