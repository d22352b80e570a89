"""Checkpoints: the journal's size and root at a moment, in the three-line C2SP form.

``origin``, ``size``, ``base64(root)``, each on a line of its own (C2SP tlog-checkpoint). Whoever
keeps one can tell later whether the history before it was changed.

A kept text may hold many of them, a blank line after each, and after any of them the armoured
SSH signatures of its lines. Extension lines and the signature lines of C2SP notes are allowed and
say nothing here.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from dataclasses import field
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.errors import ReadError
from ledger.merkle import HASH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN_SIGNATURE = "-----BEGIN SSH SIGNATURE-----"
END_SIGNATURE = "-----END SSH SIGNATURE-----"
_NOTE_SIGNATURE = "— "  # C2SP signed-note; clients ignore those that they do not know
_MOST_SIZE = 2**63
_MOST_TOLD = 5  # of the lines that cannot be read


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The journal of `origin` held `size` events and had this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    def short(self) -> str:
        """How the third line begins: eight characters, for a status line."""
        return encode(self.root)[:8]


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as it stands in a text.

    Attributes:
        checkpoint: What its three lines say.
        line: Where it begins, from 1.
        text: Its lines, extension lines too: what a signature is of.
        signatures: The armoured SSH signatures after it, unchecked.
    """

    checkpoint: Checkpoint
    line: int
    text: str
    signatures: tuple[str, ...] = ()


@dataclass(slots=True)
class KeptText:
    """Every checkpoint of one text.

    Attributes:
        name: What messages call the text.
        kept: The checkpoints, in order.
        warnings: Lines that cannot be read, in words; they name the text.
    """

    name: str
    kept: list[Kept] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def encode(digest: bytes) -> str:
    """A hash as a checkpoint and a proof write it."""
    return base64.b64encode(digest).decode()


def decode(text: str) -> bytes:
    """The inverse of `encode`; only its own output is accepted.

    Raises:
        ValueError: The text is not 32 bytes in base64.
    """
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if len(digest) != HASH_BYTES or encode(digest) != text:
        raise ValueError("not a SHA-256 hash in base64")
    return digest


def parse_checkpoint(text: str, *, name: str) -> Checkpoint:
    """The first checkpoint of a text; `name` is what an error calls it.

    Raises:
        ReadError: The text does not begin with a checkpoint.
    """
    try:
        return _checkpoint([line.rstrip() for line in text.split("\n", 3)[:3]])
    except ValueError:
        raise _not_one(name) from None


def parse_checkpoints(text: str, *, name: str) -> KeptText:
    """Every checkpoint of a text, with its signatures.

    What is neither is told as a warning that names the line; so is a last entry that was torn
    off in the middle of writing. An empty text holds none.

    Raises:
        ReadError: There is something in the text, and no checkpoint.
    """
    name = clean_line(name, limit=300)
    found, bad, last = KeptText(name), [], 0
    for last, lines in _blocks(text.removeprefix("\ufeff")):
        if not _take(found, last, lines):
            bad.append(last)
    if bad and not found.kept:
        raise _not_one(name)
    torn = bool(bad) and bad[-1] == last
    found.warnings += [
        f"{name}: the last entry (line {number}) is torn"
        if torn and number == last
        else f"{name}, line {number}: neither a checkpoint nor a signature"
        for number in bad[-_MOST_TOLD:]
    ]
    if len(bad) > _MOST_TOLD:
        found.warnings.append(f"{name}: so are {len(bad) - _MOST_TOLD} earlier entries")
    return found


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without a blank one between, with the number of their first line.

    A signature is a run of its own, blank line or not.
    """
    block: list[str] = []
    start = 1
    for number, raw in enumerate(StringIO(text, newline="\n"), start=1):
        line = raw.rstrip()
        if block and (line in {"", BEGIN_SIGNATURE} or block[-1] == END_SIGNATURE):
            yield start, block
            block = []
        if line:
            start = start if block else number
            block.append(line)
    if block:
        yield start, block


def _take(found: KeptText, number: int, lines: list[str]) -> bool:
    """Add what a run of lines says; false when it says nothing."""
    if lines[0] == BEGIN_SIGNATURE:
        return _take_signature(found, lines)
    if lines[0].startswith(_NOTE_SIGNATURE):
        return True
    starts = _checkpoint_starts(lines)
    for start, stop in pairwise([*starts, len(lines)]):
        checkpoint = _checkpoint(lines[start : start + 3])
        text = "".join(f"{line}\n" for line in lines[start:stop])
        found.kept.append(Kept(checkpoint, number + start, text))
    return bool(starts)


def _checkpoint_starts(lines: list[str]) -> list[int]:
    """Where checkpoints begin: people append them to a file without a blank line between."""
    starts = []
    for start in range(0, len(lines), 3):
        try:
            _checkpoint(lines[start : start + 3])
        except ValueError:
            break
        starts.append(start)
    return starts


def _take_signature(found: KeptText, lines: list[str]) -> bool:
    if not found.kept or lines[-1] != END_SIGNATURE:
        return False
    armour = "".join(f"{line}\n" for line in lines)
    last = found.kept[-1]
    found.kept[-1] = Kept(last.checkpoint, last.line, last.text, (*last.signatures, armour))
    return True


def _checkpoint(lines: list[str]) -> Checkpoint:
    origin, size, root = lines
    if not origin or not size.isascii() or not size.isdigit() or len(size) > 19:
        raise ValueError("malformed origin or size")
    if str(int(size)) != size or int(size) >= _MOST_SIZE:
        raise ValueError("a size with leading zeroes, or too large")
    return Checkpoint(origin, int(size), decode(root))


def _not_one(name: str) -> ReadError:
    return ReadError(
        f"{clean_line(name, limit=300)} is not a checkpoint",
        mend="give a file with the three lines that `calledit checkpoint` prints",
    )
