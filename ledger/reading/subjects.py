"""The subject of a verb of saying: the name or the group of people before (or after) it."""

from __future__ import annotations

import re

_CROWD = re.compile(
    (
        r"\b(?:officials?|analysts?|economists?|experts?|researchers?|scientists?"
        r"|observers?|critics"
        r"|supporters|opponents|sources?|spokes(?:man|woman|person|people)|ministers?"
        r"|ministry|government"
        r"|company|firm|bank|agency|report|study|survey|poll|pollsters?|forecasters?"
        r"|meteorologists?"
        r"|authorities|police|court|committee|commission|administration|union|group"
        r"|statement|document"
        r"|advisory|insurers|investors?|traders?|executives?|lawmakers|leaders?"
        r"|president|chairman"
        r"|chief|department|office|council|party|newspaper|organi[sz]ations?|team|club"
        r"|cent(?:re|er)"
        r"|board|army|military|airline|operator|manufacturer|developers?|investigators"
        r"|prosecutors"
        r"|brokers|strategists?|regulators?|carmaker|retailer|scholars|historians|head"
        r"|director|manager"
        r"|negotiators|nations|countries|companies|firms|banks|residents|voters|doctors"
        r"|lawyers?|coach"
        r"|professor|author|minister|mayor|governor|senators?|judge|diplomats?"
        r"|campaigners|people|many"
        r"|some|most|others|both|firms|giant|maker|industry|market|treasury|pentagon"
        r"|kremlin)\Z"
    ),
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:he|she|they|it|i|we|who|which)\Z", re.IGNORECASE)
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Sen|Gen|Gov|Prof|Rep|St)\."
_NAME = re.compile(
    rf"(?:{_TITLE} )?[^\W\d_a-z][\w'’&.-]{{0,30}}"
    r"(?: (?:(?:of|the|for|and|de|von|van|der|al|bin|la|du) ){0,2}[^\W\d_a-z][\w'’&.-]{0,30}){0,6}"
    r"(?: \([A-Z][\w.&]{1,12}\))?\Z"
)
_ADVERBIAL = re.compile(
    (
        r"(?:in|on|at|for|by|with|after|before|since|as|while|although|though|when|if"
        r"|despite|during|under"
        r"|over|following|speaking|writing|asked|however|meanwhile|moreover|but|and|yet"
        r"|still|also|then"
        r"|according|instead|earlier|later|last|from|to|of|because|where|which|even"
        r"|\w{2,14}ly)\b"
    ),
    re.IGNORECASE,
)
_LEADING_LINK = re.compile(
    r"(?:but|and|yet|so|however|meanwhile|while|although|though|as)\s+", re.IGNORECASE
)
_CLAUSE_BREAK = re.compile(
    r"[;:\"“”]|\s[—–-]\s?| (?:but|while|although|though|that|because|which|when|as) "
)
_POST_MODIFIER = re.compile(r" (?:of|at|for|from|in|with|by|on|who|to|near) ")
_INVERTED_END = re.compile(r"[.;:\"“”]\s|[.;:\"“”]\Z|, (?:who|which|in|on|at|after|and|adding|as) ")
_ARTICLE = re.compile(
    r"(?:the|a|an|some|many|most|other|several|his|its|their|her)\s", re.IGNORECASE
)
_TITLES = frozenset(
    {
        "Minister", "President", "Chancellor", "Secretary", "Senator", "Governor", "Mayor",
        "General", "Executive", "Chairman", "Chairwoman", "Director", "Leader", "Commissioner",
        "Judge", "Justice", "Professor",
        "Sen.", "Gov.", "Rep.", "Gen.", "Prof.", "Sir", "Lord", "King", "Queen", "Pope",
    }
)  # fmt: skip
_LONGEST = 90


def find_subject(before: str, after: str, *, human: bool) -> str:
    """The subject of a verb that stands between `before` and `after`; empty if it is nobody.

    `human` says that only people and their bodies do what the verb says: any noun will do.

    Where nothing stands between a quotation and the verb, the subject follows it
    (``"...," said the minister``).
    """
    before = before[-300:].rstrip()
    tail = _last_clause(before)
    if not tail.strip(" ,"):
        return _inverted(after[:200]) if before.rstrip().endswith(('"', ",")) else ""
    pieces = [piece.strip() for piece in tail.split(", ")]
    if pieces[-1].endswith(","):
        # "X, who runs Y, said": the last piece is an apposition; "the mayor, X, said": it is X.
        aside = pieces.pop().rstrip(",")
        if not pieces or (" " in aside and _NAME.match(aside)):
            return _core(aside, human=human)
    return _core(pieces[-1], human=human)


def _last_clause(text: str) -> str:
    start = 0
    for match in _CLAUSE_BREAK.finditer(text):
        start = match.end()
    return text[start:]


def _inverted(after: str) -> str:
    end = _INVERTED_END.search(after)
    pieces = (after[: end.start()] if end else after).strip(" ,").split(", ")
    pure = (piece for piece in pieces if " " in piece and _NAME.match(piece))
    return next(pure, "") or _core(pieces[0], human=True)


def _core(piece: str, *, human: bool) -> str:
    """The noun phrase's name, or the whole of it where it is people without one."""
    piece = piece.strip(" ,")
    link = _LEADING_LINK.match(piece)
    piece = piece[link.end() :] if link else piece
    if not piece or len(piece) > _LONGEST or piece.endswith(("'s", "’s")):
        return ""
    if _PRONOUN.match(piece):
        return piece
    if _ADVERBIAL.match(piece):
        return ""
    cut = _POST_MODIFIER.search(piece)
    head = piece[: cut.start()] if cut else piece
    name = _closing_name(head)
    if name:
        return name
    return piece if _CROWD.search(head) or (human and _ARTICLE.match(head)) else ""


def _closing_name(head: str) -> str:
    """The run of capitalised words that a noun phrase ends in ("Prime Minister Gordon Brown")."""
    words = head.split()
    start = len(words)
    while start and (words[start - 1][:1].isupper() or words[start - 1].startswith("(")):
        start -= 1
    run = [word for word in words[start:] if not _ARTICLE.match(word + " ")]
    if not run or (start == 0 and len(words) == 1 and words[0].endswith("ing")):
        return ""
    titles = [place for place, word in enumerate(run) if word in _TITLES]
    if titles and titles[-1] + 1 < len(run):
        run = run[titles[-1] + 1 :]
    return " ".join(run)
