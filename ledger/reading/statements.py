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
_LEAD = re.compile(
    rf"[^\"“”,;:]{{2,90}}\s{_SAYING}\s(?:on \w{{3,9}}\s)?(?:that\s|:\s?[\"“])(?=.{{20}})"
)
_ACCORDING = re.compile(r"According to [^,]{2,90},\s(?=.{20})")
_TAIL = re.compile(
    rf",?[\"”]?,?\s(?:{_SAYING}\s[^,.\"“”]{{2,90}}|[^,.\"“”]{{2,60}}\s{_SAYING}"
    r"|according to [^,\"“”]{2,120})\.?\Z"
)
_RELATIVE = re.compile(r"(?:which|who|that|where)\b")
_DETERMINER = re.compile(r"\b(?:the|a|an|his|her|its|their|this|these|those|our)\s", re.IGNORECASE)


def statement(sentence: str, start: int, end: int) -> str:
    """The claim in `sentence[start:end]` as a line that stands by itself.

    A relative clause takes along the noun it leans on.
    """
    sentence, end = sentence[:2_000], min(end, 2_000)
    if _RELATIVE.match(sentence, start):
        start = antecedent(sentence, start)
    line = clean_line(sentence[start:end], limit=600)
    line = _LINKING.sub("", line, count=1) if _LINKING.match(line) else line
    for pattern in (_ACCORDING, _LEAD):
        found = pattern.match(line)
        line = line[found.end() :] if found else line
    # The tail is searched only at the end, where it can be.
    cut = max(0, len(line) - 260)
    line = line[:cut] + _TAIL.sub("", line[cut:])
    line = line.strip(' "“”‘,;:')
    return (line[:1].upper() + line[1:]) or clean_line(sentence[start:end])


def antecedent(sentence: str, start: int) -> int:
    """Where the noun begins that a relative clause at `start` leans on; `start` if none is near."""
    found = [*_DETERMINER.finditer(sentence, max(0, start - 70), start)]
    return found[-1].start() if found else start
