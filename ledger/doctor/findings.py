"""What a look at a ledger finds: something in order, something to know, something to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal

if TYPE_CHECKING:
    from ledger.errors import CalledItError

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        state: ``ok``; ``note``, which one should know and may leave; ``wrong``, to be mended.
        what: What was found.
        mend: What to do about it; never empty where something is wrong.
    """

    state: State
    what: str
    mend: str = ""


def ok(what: str) -> Finding:
    """It is in order."""
    return Finding("ok", what)


def note(what: str, mend: str = "") -> Finding:
    """One should know it."""
    return Finding("note", what, mend)


def wrong(what: str, mend: str) -> Finding:
    """It is to be mended."""
    return Finding("wrong", what, mend)


def failed(error: CalledItError, *, mend: str) -> Finding:
    """An error as a finding; `mend` where it names none itself, or only that one should ask us."""
    own = error.mend if "calledit doctor" not in error.mend else ""
    return wrong(error.message, own or mend)


def size_text(count: int) -> str:
    """Bytes for a person: ``4.1 MB``."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1_000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1_000
    return f"{size:.1f} TB"
