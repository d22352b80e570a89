"""Who says it: named beside the words of saying, or the author."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SAY = (
    "said|says|say|saying|told|tells|warned|warns|warn|predicted|predicts|predict|expects|expect|expected"
    "|forecasts|forecast|projects|projected|estimates|estimated|believes|believe|thinks|think|argued|argues"
    "|argue|claimed|claims|announced|announces|stated|states|noted|notes|added|adds|promised|promises|vowed"
    "|vows|pledged|pledges|insisted|insists|suggested|suggests|suggest|anticipates|anticipate|reckons"
    "|declared|declares|wrote|writes|hopes|hope|hoped|fears|fear|feared|doubts|doubt|cautioned|cautions"
    "|explained|explains|concluded|confirmed|acknowledged|admitted|plans|planned|intends|intend|plan|agreed"
    "|reported|reports|indicated|indicates|maintains|maintained|projecting|warning|telling"
)
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|President|Prime Minister|Chancellor|Secretary|Minister)\.?"
_CAP = r"[A-ZÀ-ÖØ-Þ][\w'’.&-]*"
_NAME = rf"(?:{_TITLE} )?{_CAP}(?: (?:(?:of|the|de|van|von|al|bin|der|for|and) )?{_CAP}){{0,5}}"
_GROUP = (
    r"(?:(?:[Tt]he|[Aa]|[Aa]n|[Ss]ome|[Mm]any|[Mm]ost|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ther) )?"
    r"(?:[\w'’-]+ ){0,3}(?:[a-z]+s|government|company|bank|agency|ministry|police|party|union|group|"
    r"spokesman|spokeswoman|spokesperson|official|report|study|poll|survey|model|mayor|minister|"
    r"president|council|court|commission|committee|team|board|body|firm|office|fund|study|paper)"
)
_PRONOUN = r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)"
_ADVERB = r"(?:has |have |had |is |are |was |were |also |then |now |later |repeatedly |publicly |previously |privately |recently |widely )*"
_ACCORDING = re.compile(
    rf"(?i:according to|in the (?:view|words|opinion) of)\s(?:the\s)?(?P<who>{_NAME}|{_GROUP})"
)
_SUBJECT = re.compile(
    rf"(?P<who>{_NAME}|{_GROUP}|{_PRONOUN})(?:, [^,]{{1,90}},| \([^)]{{1,60}}\))? {_ADVERB}(?:{_SAY})\b"
)
_APPOSITIVE = re.compile(rf"(?P<who>{_NAME}), (?:{_ADVERB})(?:{_SAY})\b")
_INVERTED = re.compile(rf"[,!?][\"”’'»] (?:{_SAY}) (?:the )?(?P<who>{_NAME}|{_GROUP})")
_TRAILING = re.compile(
    rf", (?:the )?(?P<who>{_NAME}|{_GROUP}|{_PRONOUN})(?:, [^,]{{1,60}},)? {_ADVERB}(?:said|says|told|added|warned|predicted|wrote|argued|noted)\b"
)
_INTERVIEW = re.compile(rf"^(?P<who>{_NAME}):\s")
_QUOTES = re.compile(r"[\"“”«»]")
_PERSON = re.compile(rf"{_CAP} {_CAP}(?: {_CAP})?")
# Capitalised only because they open a sentence.
_NOT_NAMES = frozenset(
    [
        "the",
        "a",
        "an",
        "but",
        "and",
        "if",
        "when",
        "while",
        "as",
        "in",
        "on",
        "at",
        "for",
        "by",
        "with",
        "from",
        "this",
        "that",
        "these",
        "those",
        "it",
        "he",
        "she",
        "they",
        "we",
        "i",
        "you",
        "there",
        "here",
        "what",
        "who",
        "how",
        "why",
        "yet",
        "so",
        "or",
        "not",
        "no",
        "some",
        "many",
        "most",
        "all",
        "both",
        "each",
        "however",
        "meanwhile",
        "moreover",
        "still",
        "also",
        "after",
        "before",
        "since",
        "although",
        "though",
        "despite",
        "last",
        "next",
    ]
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says a claim; the name is empty where it is the author."""

    name: str
    basis: str


class Ear:
    """Follows a text sentence by sentence, and knows who was named last and who is quoted."""

    def __init__(self) -> None:
        self._last = ""
        self._quoted = ""
        self._open = False

    def hear(self, sentence: str) -> Speaker:
        """The speaker of a sentence; call it for every sentence, in order."""
        text = sentence[:2_000]
        marks = len(_QUOTES.findall(text))
        inside = self._open
        who = self._resolve(_named(text))
        if not who and inside:
            who = self._quoted
        self._follow(text, who, marks)
        if not who:
            return Speaker("", "author")
        return Speaker(who, "quoted" if marks or inside else "paraphrased")

    def _resolve(self, who: str) -> str:
        if who.lower() in ("he", "she", "they", "it"):
            return self._last
        return who

    def _follow(self, text: str, who: str, marks: int) -> None:
        if who:
            self._last = self._quoted = who
        elif (person := _PERSON.search(text)) and person[0].split()[0].lower() not in _NOT_NAMES:
            self._last = person[0]
        if marks % 2:
            self._open = not self._open


def _named(text: str) -> str:
    """Who a sentence itself says is speaking; a pronoun as it stands; empty for nobody."""
    for pattern in (_INTERVIEW, _ACCORDING, _INVERTED, _TRAILING, _APPOSITIVE, _SUBJECT):
        for match in pattern.finditer(text):
            who = _tidied(match["who"])
            if who:
                return who
    return ""


def _tidied(who: str) -> str:
    words = who.split()
    while words and words[0].lower() in _NOT_NAMES - {"he", "she", "they", "it"}:
        words.pop(0)
    if not words or (len(words) > 1 and words[0].lower() in ("he", "she", "they", "it")):
        return ""
    return " ".join(words).rstrip(".,;:'’-")
