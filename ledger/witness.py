"""Where checkpoints are kept: a plain text file beside the ledger, and places outside it.

One entry (about 80 bytes) for each session that changed the ledger: ten sessions a day are 300 kB
a year. Nothing is ever taken out: every entry is a witness. Files are appended to, never
rewritten, so a place that allows nothing but appending (``chattr +a``) will do, and is best.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.checkpoints import KeptText
from ledger.checkpoints import encode
from ledger.checkpoints import parse_checkpoints
from ledger.clean import clean_line
from ledger.errors import ReadError
from ledger.merkle import EMPTY_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.checkpoints import Checkpoint

PLACES_VARIABLE = "CALLEDIT_CHECKPOINTS"
_SUFFIX = ".checkpoints"
_MOST_READ = 4 * 2**20  # fifty thousand entries; of a longer file, the newest
_TAIL = 4_096  # about fifty entries
# A pipe or device must not block us (NONBLOCK), and Windows must not translate line ends.
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def place_beside(where: str) -> Path | None:
    """The file beside a ledger; None for one that is not a file (a database's address)."""
    return None if "://" in where else Path(f"{where}{_SUFFIX}")


def places_outside(origin: str) -> tuple[Path, ...]:
    """What CALLEDIT_CHECKPOINTS names, for the ledger of this origin.

    Several are separated as in PATH. A folder stands for a file in it that has the origin's
    name. A folder that is not there is not made: it may be a disk that is not plugged in.
    """
    named = os.environ.get(PLACES_VARIABLE, "").split(os.pathsep)
    file = _UNSAFE_IN_NAMES.sub("-", origin).strip("-")[:100] + _SUFFIX
    found = []
    for name in filter(None, named):
        # Of os.path, because pathlib's raise where these answer, and closing must not fail.
        path = os.path.expanduser(name)  # noqa: PTH111
        is_folder = name.endswith(("/", os.sep)) or os.path.isdir(path)  # noqa: PTH112
        found.append(Path(path, file) if is_folder else Path(path))
    return tuple(found)


def places(where: str, origin: str) -> tuple[Path, ...]:
    """Every file in which this ledger's checkpoints are kept, each once."""
    beside = place_beside(where)
    return tuple(dict.fromkeys([*([beside] if beside else []), *places_outside(origin)]))


def keep_checkpoint(held: Checkpoint, places: Iterable[Path]) -> tuple[str, ...]:
    """Append a checkpoint to each file, unless it stands near the file's end already.

    On disk when this returns. Safe among concurrent writers: one `write` in append mode. Reads
    4 kB a file, so that it may be asked often.

    Returns:
        Warnings, one for each file that could not be written, or that knows of more events or of
        another history; never an error, because what the user did is done.
    """
    warnings = []
    for path in places:
        name = clean_line(str(path), limit=300)
        try:
            warnings += _contradiction(_append(path, held), held, name)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            warnings.append(f"the checkpoint could not be kept in {name}: {clean_line(said)}")
    return tuple(warnings)


def read_checkpoints(path: Path) -> KeptText:
    """Every checkpoint that a file holds; of a file over 4 MiB, those in its last 4 MiB.

    Raises:
        ReadError: It cannot be read, or holds something else.
    """
    name = clean_line(str(path), limit=300)
    try:
        data, whole = _last_bytes(path)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{name} cannot be read: {clean_line(said)}") from error
    found = parse_checkpoints(data.decode(errors="replace"), name=name)
    if not whole:
        found.warnings.append(f"{name}: only its last 4 MiB were read")
    return found


def known_checkpoints(where: str, origin: str) -> tuple[list[KeptText], list[str]]:
    """What the files of `places` hold, and in words which of them cannot be read.

    A place outside that knows only other ledgers is left out. The one beside is not: that it
    knows another ledger means that somebody replaced this one.
    """
    known, unread = [], []
    for place in places(where, origin):
        try:
            text = read_checkpoints(place)
        except ReadError as error:
            missing = isinstance(error.__cause__, FileNotFoundError)
            if not (missing and place == place_beside(where)):
                unread.append(str(error))
            continue
        mine = any(kept.checkpoint.origin == origin for kept in text.kept)
        if mine or place == place_beside(where):
            known.append(text)
        else:
            unread.append(f"{text.name} holds no checkpoint of this ledger")
    return known, unread


def _append(path: Path, held: Checkpoint) -> bytes:
    """The end of the file as it was before; nothing if it holds the checkpoint already."""
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _FLAGS, 0o644)
    try:
        tail = _tail(descriptor)
        if _holds(tail, held):
            return b""
        if not _takes_checkpoints(_beginning(descriptor)):
            raise OSError("it is a file of something else, and was left as it is")
        entry = _separator(tail) + held.text().encode() + b"\n"
        if os.write(descriptor, entry) != len(entry):
            raise OSError("the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        _sync_folder(path.parent)
    return tail


def _beginning(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, _TAIL)


def _takes_checkpoints(beginning: bytes) -> bool:
    """Whether a file is empty or begins as ours do; a name may have been mistyped."""
    lines = beginning.split(b"\n")
    ours = beginning.startswith(b"calledit/")
    theirs = len(lines) > 3 and lines[1].isdigit() and len(lines[2]) == len(encode(EMPTY_ROOT))
    return ours or theirs or not beginning.strip()


def _contradiction(tail: bytes, held: Checkpoint, name: str) -> list[str]:
    """What a file's last entries say against this one: a ledger only grows."""
    try:
        kept = parse_checkpoints(tail.decode(errors="replace"), name=name).kept
    except ReadError:
        return []  # nothing in it is a checkpoint
    mine = [one.checkpoint for one in kept if one.checkpoint.origin == held.origin]
    most = max((one.size for one in mine), default=0)
    if most > held.size:
        says = f"{name} knows {most} events, this ledger holds {held.size}"
        return [f"{says}: was an older copy put back?"]
    if any(one.size == held.size and one.root != held.root for one in mine):
        return [f"{name} knows another history of {held.size} events: was the ledger replaced?"]
    return []


def _tail(descriptor: int) -> bytes:
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        raise OSError("it is not a file")
    os.lseek(descriptor, max(0, state.st_size - _TAIL), os.SEEK_SET)
    return os.read(descriptor, _TAIL)


def _holds(tail: bytes, held: Checkpoint) -> bool:
    entry = held.text().encode()
    return tail.startswith(entry) or b"\n" + entry in tail


def _separator(tail: bytes) -> bytes:
    """What sets an entry apart from what stands before it, a torn entry included."""
    if not tail or tail.endswith(b"\n\n"):
        return b""
    return b"\n" if tail.endswith(b"\n") else b"\n\n"


def _sync_folder(folder: Path) -> None:
    """Make a new file's name as lasting as its content; Windows knows no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_bytes(path: Path) -> tuple[bytes, bool]:
    """The end of a file from the start of an entry, and whether that is all of it."""
    descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise OSError("it is not a file")
        if state.st_size <= _MOST_READ:
            return file.read(_MOST_READ), True
        file.seek(state.st_size - _MOST_READ)
        return file.read(_MOST_READ).partition(b"\n\n")[2], False
