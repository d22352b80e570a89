"""Who stands behind each sentence: a source that the text names, or the article's author."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.reading.folding import words
from ledger.reading.subjects import find_subject

if TYPE_CHECKING:
    from collections.abc import Iterator

# Verbs of saying and of holding a view on what will be.
_SAYING = (
    "said|says|say|saying|told|tells|warned|warns|warn|warning|predicted|predicts|predict|predicting"
    "|forecasts?|expects|expect|expected|believes?|believed|thinks?|thought|argues?|argued|added|adds"
    "|announced|announces|states|stated|noted|notes|reports|reported|reporting|claims?|claimed|insists|insisted"
    "|explained|explains|suggests?|suggested|estimates?|estimated|projects|projected|projecting"
    "|anticipates?|anticipated|confirmed|confirms|revealed|vowed|vows|pledged|pledges|promised"
    "|promises|plans?|planned|intends?|intended|hopes?|hoped|wrote|writes|tweeted|declared"
    "|concludes|concluded|remarked|commented|observes?|observed|acknowledged|indicated|indicates"
    "|reiterated|proposed|proposes|threatened|doubts?|reckons?|fears?|feared|cautioned|testified"
    "|opined?|opines|asserted|maintains|maintained|aims?|wants|seeks|agreed|replied|responded"
    "|disclosed|advised|commits|committed"
)
_VERB = re.compile(rf"(?<![\w'’-])(?P<verb>{_SAYING})(?![\w’-]|'s)")
# Only people and their bodies do these; a study suggests, but does not vow.
_OF_PEOPLE = re.compile(
    r"(?:said|says|told|warned|announced|added|stated|vowed|pledged|predicted)\Z"
)
# These are nouns as often as verbs: a verb only before "to", "that" or a new subject.
_OFTEN_NOUNS = re.compile(
    r"(?:forecasts?|estimates?|plans?|hopes?|claims?|doubts?|fears?|notes|reports|projects|promises"
    r"|pledges|aims?|warning)\Z"
)
_VERB_GOES_ON = re.compile(
    r",? (?:to|that|on|the|a|an|it|its|he|she|they|there|his|her|their|[A-Z\"“])\b"
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|'s|’s|'re|than|as|to) (?:\w{1,12}ly |also |not )?\Z"
)
_IN_CONDITION = re.compile(
    r"\b(?:[Ii]f|[Uu]nless|whether|would|will|could|may|might)\s[^,;:\"]{0,60}\Z"
)
# "If Ann Lee seeks a deal" is what may happen, and nobody's words.
_IN_CONDITION = re.compile(r"(?i:\b(?:if|unless|whether)\b[^,;:]{0,70}\Z)")
_AUXILIARY = re.compile(
    r"(?:\s(?:also|has|have|had|later|further|then|recently|now|still|previously|is|are|earlier"
    r"|already|again|once|do not|does not|don't|\w{2,12}ly))+\s*\Z"
)
_ASIDE = re.compile(r",? (?:however|meanwhile|though|too|in turn|for (?:his|her|its) part),\s*\Z")
_ACCORDING = re.compile(
    r"\b[Aa]ccording to (?P<source>[^,.;:\"“”()]{2,90}?)(?=,|[.;:](?:\s|\Z)|\s?\(|\s(?:who|which|"
    r"released|published|and|that)\s|\Z)"
)
_COLON = re.compile(
    r"(?P<source>(?:[^\W\d_a-z][\w'’.-]{0,24} ){0,3}[^\W\d_a-z][\w'’.-]{0,24})"
    r"(?: \([^)]{1,40}\))?: "
)
_PERSON = re.compile(r"(?<![\w.])[^\W\d_a-z][\w'’-]{1,24}(?: [A-Z]\.)? [^\W\d_a-z][\w'’-]{1,24}")
_NO_PERSON = words(
    "the a an in on at for but and or so yet if when while as after before since although "
    "this that these those it there here however moreover meanwhile still what who how why "
    "where also such european united new north south white prime"
)
_QUOTATION = re.compile(r"\A[\"“‘]|[:,] [\"“‘]\w|\bthat [\"“]\w")
_LONGEST = 1_500


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says a sentence: `basis` is `quoted`, `paraphrased` or `author`."""

    speaker: str
    basis: str


class SpeakerTracker:
    """Follows an article sentence by sentence: who was named last, whose quotation is open.

    Args:
        author: The speaker of all that nobody else is named for.
    """

    def __init__(self, author: str) -> None:
        self.author = author
        self._last_named = ""
        self._quoting = ""
        self._inside = False

    def attribute(self, sentence: str, following: str = "") -> Attribution:
        """Who stands behind the sentence; `following` is the rest of its paragraph."""
        sentence, following = sentence[:_LONGEST], following[:_LONGEST]
        was_inside, self._inside = self._inside, _open_after(sentence, inside=self._inside)
        quoted = was_inside or _QUOTATION.search(sentence) is not None
        source = self._named_in(sentence, inside=was_inside)
        if not source and quoted:
            if self._inside and not was_inside:
                self._quoting = self._named_in(following, inside=True) or self._last_named
            source = self._quoting or self._last_named
        if source:
            self._last_named = self._quoting = source
            return Attribution(source, "quoted" if quoted else "paraphrased")
        self._remember(sentence)
        return Attribution(self.author, "author")

    def _named_in(self, sentence: str, *, inside: bool) -> str:
        outside = _outside_quotes(sentence, inside=inside)
        match = _ACCORDING.search(outside)
        if match:
            return match["source"].strip()
        for verb in _saying_verbs(outside):
            before = _AUXILIARY.sub("", outside[max(0, verb.start() - 300) : verb.start()])
            human = _OF_PEOPLE.match(verb["verb"]) is not None
            before = _ASIDE.sub(" ", before)
            name = self._resolve(find_subject(before, outside[verb.end() :], human=human))
            if name:
                return name
        match = _COLON.match(outside)
        return match["source"] if match and not inside else ""

    def _resolve(self, source: str) -> str:
        lowered = source.lower()
        if lowered in {"he", "she", "they", "it"}:
            return self._last_named
        return "" if lowered in {"i", "we", "who", "which"} else source

    def _remember(self, sentence: str) -> None:
        for person in _PERSON.finditer(sentence):
            if person.group().split()[0].lower() not in _NO_PERSON:
                self._last_named = person.group()
                return


def _saying_verbs(text: str) -> Iterator[re.Match[str]]:
    for match in _VERB.finditer(text):
        if _IN_CONDITION.search(text, max(0, match.start() - 80), match.start()):
            continue
        passive = _PASSIVE.search(text, max(0, match.start() - 24), match.start())
        if passive and not match["verb"].endswith("ing"):
            continue
        if _IN_CONDITION.search(text, max(0, match.start() - 80), match.start()):
            continue
        if _OFTEN_NOUNS.match(match["verb"]) and not _VERB_GOES_ON.match(text, match.end()):
            continue
        yield match


def _open_after(sentence: str, *, inside: bool) -> bool:
    for letter in sentence:
        if letter in '"“”':
            inside = letter == "“" or (letter == '"' and not inside)
    return inside


def _outside_quotes(sentence: str, *, inside: bool) -> str:
    """The sentence with every letter of a quotation blanked, its marks kept."""
    letters = []
    for letter in sentence:
        if letter in '"“”':
            inside = letter == "“" or (letter == '"' and not inside)
            letters.append('"')
        else:
            letters.append("_" if inside else letter)
    return "".join(letters)
