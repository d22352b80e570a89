"""What speaks for and against a clause being a claim about the future, and how much.

Weights are by hand, on the scale of log-odds; the reasons are kept, so every draft can say why.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ledger.reading.folding import fold

_BASE = -2.2  # most clauses are no claims

_ADVERB = r"(?: (?:also|still|even|soon|well|only|now|not|never|ever|just|then|probably|possibly|likely|almost|\w+ly))*"

# "His promise to end it" is a thing; "he promises to end it" is a claim.
_NO_NOUN = "".join(f"(?<!{word} )" for word in ("'s", "his", "her", "their", "its", "the", "a"))


@dataclass(frozen=True, slots=True)
class _Cue:
    says: str
    weight: float
    pattern: re.Pattern[str]


def _cue(says: str, weight: float, pattern: str) -> _Cue:
    return _Cue(says, weight, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"))


# fmt: off
_CUES = (
    _cue("will", 3.4, rf"(?:will|won't|shall|shan't){_ADVERB}(?= [a-z])(?! have (?:been|\w+ed)\b)|\w+'ll"),
    _cue("may or might", 2.9, rf"(?:may|might){_ADVERB} (?!(?:have|was|is|were|had|has|said|did)\b)[a-z]+"),
    _cue("could", 2.6, rf"could{_ADVERB} (?!have\b)[a-z]+"),
    _cue("would", 2.4, rf"would{_ADVERB} (?!have\b|be better|like\b|rather\b)[a-z]+|wouldn't (?!have\b)"),
    _cue("going to", 3.0, r"(?:is|are|'s|'re|am|'m)(?: not)? going to [a-z]+"),
    _cue("expected to", 3.2, r"(?:is|are|be|being)(?: \w+)? (?:expected|predicted|projected|forecast|forecasted|anticipated|tipped|estimated)(?: to)?"),
    _cue("set to", 3.2, r"(?:is|are|be)(?: \w+)? (?:set|due|slated|scheduled|poised|destined|bound|certain|sure|about|on track|on course)(?: to| for)"),
    _cue("set to", 2.6, r"(?:set|due|slated|scheduled|poised|planned|likely|unlikely|expected|projected|forecast) (?:to|for)(?= \w)"),
    _cue("likely", 2.6, r"(?:more |less |highly |very |un)?likely|in all likelihood|odds (?:are|of)"),
    _cue("probably", 1.4, r"probably|perhaps|possibly|inevitably|eventually"),
    _cue("a forecast verb", 2.6, r"(?:expects?|predicts?|forecasts?|projects?|anticipates?|foresees?|envisages?|expecting|predicting|forecasting|projecting)(?! to (?:have|be) been)"),
    _cue("a plan or pledge", 2.6, _NO_NOUN + r"(?:plans?|intends?|vows?|vowed|pledge[sd]?|promise[sd]?|aims?|hopes?|agreed|planning|intending|preparing|prepares|proposes?|wants?) to [a-z]+"),
    _cue("a warning", 1.6, r"(?:warns?|warned|fears?|feared|threatens?|threatening|threatened)(?: that| to| of)?"),
    _cue("a risk", 1.8, r"risks? (?:of )?\w+ing|at risk of|poses? (?:a |an )?\w* ?(?:risk|threat|dilemma)|danger (?:of|that)"),
    _cue("it is to be", 1.6, r"(?:is|are) to (?:be|become|take|hold|meet|visit|begin|start|open|close|leave|return|get|receive|give|make|end)"),
    _cue("a doubt", 2.2, r"doubts? (?:that|whether|if)|doubtful"),
    _cue("years ahead", 0.8, r"(?:next|coming) (?:week|month|year|decade|summer|winter|spring|autumn|fall|quarter|season|days|weeks|months|years|few)|tomorrow|by (?:19|20|21)\d\d|in the (?:future|long|near|short)|later this|by the end of"),
    _cue("effect to come", 1.0, r"prompting|paving the way|leading to|opening the (?:door|way)"),
    _cue("a past modal", -2.6, r"(?:may|might|could|would|should|must) (?:\w+ly |well |not |also )?have (?:been )?\w+"),
    _cue("a duty or need", -1.6, r"(?:must|needs? to|has to|have to|should|ought to)(?! be (?:able|ready|completed|finished|open))"),
    _cue("a need", -2.4, r"(?:would|will|may|might|could) (?:\w+ )?(?:need|have to|require|take more|be needed|be necessary|be required|be nice|be good)"),
    _cue("a forecast of the past", -3.0, r"(?:had|was|were|having|originally|previously|initially|once)(?: \w+)? (?:expected|hoped|planned|predicted|forecast|projected|intended|feared|anticipated|thought|supposed|due|set|scheduled|going to)|expected(?= \$| earnings)"),
    _cue("an open question", -3.0, r"remains? to be seen|remains? (?:unclear|uncertain|open|unknown)|(?:is|are|was|still) (?:unclear|uncertain|unknown|not clear)|wait and see|nobody knows|no one knows|too early to|hard to (?:say|know|tell)"),
    _cue("a question", -1.6, r"(?:how|whether|what|why|who|where|when)(?: \w+){0,3} (?:will|would|could|might|may)"),
    _cue("an instruction or ability", -2.2, r"you(?:'ll| will| can| may| might| could)|users? (?:will|can|may)|(?:can|cannot|can't) (?:be )?\w+"),
    _cue("a habit", -1.4, r"(?<!has )(?<!have )(?<!had )(?:always|often|usually|typically|tends? to|used to|every (?:day|year|time))"),
    _cue("the past", -1.0, r"(?:yesterday|last (?:week|month|year|night|summer|winter|spring)|ago|in the past|at the time|earlier this)"),
    _cue("not the fact", -2.4, r"if (?:\w+ ){1,4}(?:had|were)|had (?:he|she|it|they|we)|would-be|as if|may be the|as could be"),
)
# fmt: on


# Without one of these no cue speaks for a clause; most sentences of most texts are done here.
_ANY = re.compile(
    r"will\b|won't|shall|shan't|'ll\b|may\b|might|could|would|going to|expect|predict|project|forecast"
    r"|anticipat|tipped|estimat|set\b|due\b|slated|schedul|poised|destined|bound|certain|sure\b|about to"
    r"|on track|on course|plan|likely|odds|probabl|perhaps|possibl|inevitabl|eventual|foresee|envisage"
    r"|intend|vow|pledge|promise|aim|hope|agreed|prepar|propos|want|warn|fear|threat|risk|danger"
    r"|(?:is|are) to\b|doubt|next|coming|tomorrow|by \d|in the|later this|prompting|paving|leading to"
    r"|opening the"
)


def may_claim(text: str) -> bool:
    """Whether a text could hold a cue at all; a cheap first look."""
    return _ANY.search(fold(text)) is not None


def asks(sentence: str) -> bool:
    """Whether a sentence is a question."""
    return sentence.rstrip().rstrip("\"'”’»)").endswith("?")


@dataclass(frozen=True, slots=True)
class Weighed:
    """The probability that a clause is a claim about the future, 0 to 1, and the reasons."""

    confidence: float
    reasons: tuple[str, ...]

    @property
    def is_claim(self) -> bool:
        """More likely a claim than not."""
        return self.confidence >= 0.5


def weigh(clause: str, *, dated: bool) -> Weighed:
    """Weigh a clause's cues.

    Args:
        clause: The words.
        dated: Whether they name a deadline.
    """
    folded = fold(clause[:4_000])
    total, reasons = _BASE, []
    for cue in _CUES:
        match = cue.pattern.search(folded)
        if match is not None:
            total += cue.weight
            sign = "for" if cue.weight > 0 else "against"
            reasons.append(f"{sign}: {cue.says} (“{clause[match.start() : match.end()].strip()}”)")
    if dated:
        total += 0.7
        reasons.append("for: a date to come")
    return Weighed(1 / (1 + math.exp(-total)), tuple(reasons))
