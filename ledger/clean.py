"""Hostile text made safe, once, at the door.

Feeds, articles, file names and command-line words may carry terminal escapes, bidirectional
overrides and other invisible controls. Nothing of that is stored or shown: every text from
outside goes through `clean_line` or `clean_block`. Screens may call them again: both are
idempotent.
"""

from __future__ import annotations

import re
import unicodedata

# C0 (tab and newline are handled apart), DEL, C1; bidi marks, embeddings, overrides, isolates
# (UAX #9); line and paragraph separators; zero-width space, word joiner, BOM; interlinear
# annotation; the tag block (invisible ASCII); lone surrogates. U+200C and U+200D (needed by
# Persian, Indic scripts and emoji) and variation selectors stay.
_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
# A whole escape sequence goes, not only its first byte, so that "\x1b[31mred" reads "red":
# OSC/DCS/SOS/PM/APC strings up to their terminator, then CSI, then two-byte escapes. The
# string's length is bounded, so that an unterminated one cannot swallow a text.
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]{0,2048}(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]"
    r"|\x1b[ -/]{0,4}[0-~]"
)
_CONTROL = re.compile(f"[{_CONTROLS}]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")
_ELLIPSIS = "…"


def strip_controls(text: str) -> str:
    """Text without terminal escapes, controls and bidi overrides; spaces and line feeds stay.

    For laid-out lines on their way to a screen, as a second door.
    """
    # One pass is enough: what two halves might form next has no escape byte left to start it.
    return unicodedata.normalize("NFC", _CONTROL.sub("", _ESCAPES.sub("", text)))


def clean_line(text: str, *, limit: int = 2_000) -> str:
    """One safe line: no controls, white space folded, at most `limit` characters.

    A cut text ends in an ellipsis, so that nobody takes it for the whole.
    """
    safe = _SPACES.sub(" ", strip_controls(_BREAKS.sub("\n", text[: 8 * limit]))).strip()
    return safe if len(safe) <= limit else safe[: limit - 1].rstrip() + _ELLIPSIS


def clean_block(text: str, *, limit: int = 200_000) -> str:
    """Safe text that keeps its line breaks (as LF), at most `limit` characters."""
    safe = strip_controls(_BREAKS.sub("\n", text[: 8 * limit]))
    lines = (" ".join(line.split()) for line in safe.split("\n"))
    safe = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return safe if len(safe) <= limit else safe[: limit - 1].rstrip() + _ELLIPSIS
