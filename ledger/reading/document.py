"""An article's bytes as text, and the text as numbered paragraphs of known kinds."""

from __future__ import annotations

import codecs
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_BYTES = 2_000_000
"""Longest article taken, in bytes; a long book of plain text is about one million."""

# UTF-32's little-endian mark begins with UTF-16's, so it is asked first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HTML = re.compile(
    r"\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,200})?<(?:!doctype\s+html|html)\b", re.IGNORECASE
)


def decode_text(raw: bytes, *, name: str = "text") -> str:
    """A plain-text article's characters: UTF-8, or by its byte-order mark, or Windows-1252.

    Line ends stay as they are, so that offsets count the file's own characters.

    Raises:
        ReadError: It is empty, too long, binary, or HTML. `name` says what in the message.
    """
    shown = clean_line(name, limit=200)
    if len(raw) > LIMIT_BYTES:
        raise ReadError(f"{shown} is longer than {LIMIT_BYTES // 1_000_000} MB", mend="cut it")
    text = _decode(raw, shown)
    if not text.strip():
        raise ReadError(f"{shown} holds no text", mend="name a file with an article in it")
    if raw.startswith(b"%PDF-") or "\0" in text or _mostly_controls(text):
        raise ReadError(f"{shown} is not plain text", mend="save the article as text first")
    if name.lower().endswith((".html", ".htm", ".xhtml")) or _HTML.match(text):
        raise ReadError(f"{shown}: HTML is not read yet", mend="save the article as text first")
    return text


def _decode(raw: bytes, shown: str) -> str:
    marked = next((codec for mark, codec in _MARKS if raw.startswith(mark)), None)
    for codec in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise ReadError(f"{shown} is not text in a known encoding", mend="save it as UTF-8")


def _mostly_controls(text: str) -> bool:
    return len(_CONTROL.findall(text)) > max(1, len(text) // 100)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A non-empty line (or, in hard-wrapped text, a block of lines) and what it is.

    `kind` is `text`, `heading`, `link` ("Read also: ..."), `byline` or `caption`; claims are
    read from `text` alone. `number` counts from 1, all kinds together.
    """

    number: int
    start: int
    end: int
    kind: str


_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_FINAL = re.compile(r"[.!?…:;。！？．][\"'”’»)\]」』]{0,4}\Z")
_BULLET = re.compile(r"(?:[-*•–·]|\d{1,3}[.)])\s")
_WORD = re.compile(r"[^\W\d_][\w'’.-]{0,40}")
_LINK = re.compile(
    r"(?:(?:read|see|watch|listen|more)\s(?:also|more|next|now|on|from)|also\sread|related"
    r"|recommended|don['’]t\smiss|you\smay\s(?:also\s)?like|in\sdepth|explainer|opinion"
    r"|sign\sup|subscribe|follow\sus|share\sthis|advertisement|click\shere)\b\s?(?:[:|>–—]|\Z|\w)",
    re.IGNORECASE,
)
_LINK_ONLY_WITH_COLON = re.compile(
    r"(?:related|recommended|in\sdepth|explainer|opinion|(?:see|more|read|watch|listen)\s\w{1,10})"
    r"(?:\s\w{1,12}){0,2}\s?[:|>–—]",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:by|words\sby|reporting\sby|edited\sby|written\sby)\s(?-i:[^\W\d_a-z])"
    r"|(?:(?:first\s)?published|updated|posted|last\smodified|date)\b[^.]{0,6}\d"
    r"|(?:published|updated|posted|date|author)(?:\s(?:on|at|by))?\s?:",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:photo|photograph|image|picture|pictured|credit|source|video|graphic|caption|file\sphoto)"
    r"(?:\s(?:credit|by|courtesy))?\s?[:|/©]|©|\(?getty\simages",
    re.IGNORECASE,
)


def paragraphs(text: str) -> list[Paragraph]:
    """The text's paragraphs in order, told apart by form alone (no markup needed)."""
    blocks = list(_blocks(text))
    bare = sum(1 for start, end in blocks if not _FINAL.search(text, max(start, end - 8), end))
    # Where most lines end without a stop, the writer just leaves stops out: no sign of a heading.
    stops_matter = 2 * bare <= len(blocks)
    return [
        Paragraph(number, start, end, _kind(text[start:end], stops_matter=stops_matter))
        for number, (start, end) in enumerate(blocks, start=1)
    ]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    lines = [span for match in _LINE.finditer(text) if (span := _stripped(text, *match.span()))]
    if not _is_hard_wrapped(text, lines):
        yield from lines
        return
    start, end = lines[0]
    for after_start, after_end in lines[1:]:
        if _joined(text, end, after_start):
            end = after_end
        else:
            yield start, end
            start, end = after_start, after_end
    yield start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    line = text[start:end]
    start += len(line) - len(line.lstrip())
    end -= len(line) - len(line.rstrip())
    return (start, end) if start < end else None


def _joined(text: str, end: int, start: int) -> bool:
    # A CRLF is one line break; anything longer holds a blank line.
    return text[end:start].replace("\r\n", "\n").count("\n") <= 1


def _is_hard_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether lines were broken at a column: none is long, and most end mid-sentence."""
    if len(lines) < 3 or max(end - start for start, end in lines) > 100:
        return False
    pairs = [
        (start, end)
        for (start, end), (after, _) in itertools.pairwise(lines)
        if _joined(text, end, after)
    ]
    open_ended = sum(
        1 for start, end in pairs if end - start >= 45 and not _FINAL.search(text, end - 8, end)
    )
    return len(pairs) >= 2 and 2 * open_ended > len(pairs)


def _kind(line: str, *, stops_matter: bool) -> str:
    head = line[:200]
    if len(line) <= 300:
        if _CAPTION.match(head):
            return "caption"
        if _LINK_ONLY_WITH_COLON.match(head):
            return "link"
    if _FINAL.search(line[-8:]) and not line.endswith((":", ";")):
        return "text"
    if len(line) <= 300 and _LINK.match(head):
        return "link"
    words = _WORD.findall(line[:1_000])
    if len(words) <= 14 and _BYLINE.match(head):
        return "byline"
    return "heading" if _reads_as_heading(line, words, stops_matter=stops_matter) else "text"


def _reads_as_heading(line: str, words: list[str], *, stops_matter: bool) -> bool:
    if len(line) > 300 or not words:
        return not words
    if _is_title_case(words):
        return True
    return stops_matter and len(words) <= 18 and not _BULLET.match(line) and not line.endswith(":")


def _is_title_case(words: list[str]) -> bool:
    long_words = [word for word in words if len(word) >= 4]
    capital = sum(1 for word in long_words if word[0].isupper())
    return len(long_words) >= 2 and capital >= 0.75 * len(long_words)
