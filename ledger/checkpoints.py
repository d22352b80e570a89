"""Checkpoints: the journal's size and root at a moment, in the three-line C2SP form.

``origin``, ``size``, ``base64(root)``, each on a line of its own
(C2SP tlog-checkpoint; extension and signature lines after them are allowed and not read here).
Whoever keeps one can tell later whether the history before it was changed.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ledger.errors import ReadError
from ledger.merkle import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The journal of `origin` held `size` events and had this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def short(self) -> str:
        """The root's first eight hexadecimal digits, for a status line."""
        return self.root.hex()[:8]


def parse_checkpoint(text: str, *, name: str) -> Checkpoint:
    """Read a checkpoint; `name` is what an error calls it.

    Raises:
        ReadError: The text is not a checkpoint.
    """
    lines = text.splitlines()
    try:
        origin, size_text, root_text = lines[:3]
        root = base64.b64decode(root_text, validate=True)
        if not size_text.isascii() or not size_text.isdigit() or len(root) != HASH_BYTES:
            raise ReadError(f"{name}: the size or the root is malformed")
        return Checkpoint(origin, int(size_text), root)
    except (ValueError, binascii.Error):
        raise ReadError(
            f"{name} is not a checkpoint",
            mend="give a file with the three lines that `calledit checkpoint` prints",
        ) from None
