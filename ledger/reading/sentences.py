"""Sentence boundaries in one paragraph, with exact offsets, in linear time."""

from __future__ import annotations

import re

from ledger.reading.folding import words

# A stop with its closing quotes and brackets, then white space or the end; ideographic stops
# need no space after them.
_STOP = re.compile(
    r"(?P<stop>[.!?…]{1,12})[\"'”’»)\]]{0,4}(?=\s|\Z)|(?P<wide>[。！？．]{1,12})[」』”’）\"]{0,4}"
)
_LAST_WORD = re.compile(r"[^\s\"'“”‘’()\[\]–—/]{1,24}\Z")
_NEXT_WORD = re.compile(r"\s{1,64}[\"'“‘«(\[¿¡]{0,4}(?P<word>[^\s,.;:!?)\"”]{1,24})?")

# Titles and the like always lean on the next word.
_LEANING = words(
    "mr mrs ms mx dr prof gen sen rep gov lt col maj capt cmdr adm sgt cpl pvt hon rev fr st "
    "sr messrs mme mlle pres supt insp det vs v cf e.g i.e viz approx ca no nos fig figs vol "
    "pp p ed eds art sec dept est ave blvd mt ft"
)
# These end a sentence only where the next word looks like a beginning.
_SHORT = words(
    "inc co corp ltd plc llc bros jr esq ph.d m.d b.a m.a d.c u.s u.k u.n e.u u.s.a u.a.e a.m "
    "p.m etc al jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur "
    "thurs fri sat sun calif mass conn ariz fla ill penn tenn tex wash wis va pa mich minn mo "
    "ga ala"
)
_NUMBER_LEANING = words(
    "no nos p pp art sec fig figs vol jan feb mar apr jun jul aug sep sept oct nov dec"
)
_OPENERS = words(
    "the a an this that these those it he she they we i you there here in on at for but and "
    "or so yet if when while as after before since although though however moreover meanwhile "
    "still what who how why where his her its their our my your no not some many most all "
    "both each every one another such with by from to under over between among during despite "
    "asked according analysts officials"
)
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The spans of the sentences in `text[start:end]`, in order, white space left out."""
    end = len(text) if end is None else end
    spans = []
    begin = start
    for match in _STOP.finditer(text, start, end):
        if _is_boundary(text, match, begin, end):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, end))
    return [span for one in spans if (span := _trim(text, *one))]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _is_boundary(text: str, match: re.Match[str], begin: int, end: int) -> bool:
    if match["wide"] or match.end() >= end:
        return True
    following = _NEXT_WORD.match(text, match.end(), end)
    word = following["word"] if following else None
    if word is None:
        return True
    if word[0].islower():
        # "Enough?" he asked; "e.g. this"; a brand like iPhone is the rarer case.
        return False
    if match["stop"] == ".":
        return _plain_stop_ends(text, match.start(), begin, word)
    return True


def _plain_stop_ends(text: str, stop: int, begin: int, following: str) -> bool:
    found = _LAST_WORD.search(text, max(begin, stop - 24), stop)
    last = found.group() if found else ""
    lowered = last.lower()
    opens = following.lower() in _OPENERS
    if lowered in _NUMBER_LEANING and following[0].isdigit():
        return False
    if lowered in _LEANING:
        # "No. The answer ..." and "in Ft. The" are rarer than "No. 10" and "Ft. Worth".
        return lowered == "no" and not following[0].isdigit()
    if lowered in _SHORT or ("." in last and _INITIAL.match(last)):
        return opens
    # An initial, as in "George W. Bush", but not the word "I" nor a bare list letter.
    return not (len(last) == 1 and last.isupper() and last != "I") or opens
