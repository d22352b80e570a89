"""The journal itself as JSON lines: the events as they are stored, so that the root is the same.

The first line is a header: the format's name and version, and the checkpoint (origin, size, root
in base64). Each line after it is one event's stored canonical body, byte for byte. A file says
what it must add up to, and what does not is refused before anything is written.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger import journal
from ledger.checkpoints import Checkpoint
from ledger.checkpoints import decode
from ledger.checkpoints import encode
from ledger.clean import clean_line
from ledger.errors import LedgerError
from ledger.errors import ReadError
from ledger.events import canonical
from ledger.events import parse_event
from ledger.exchange.shapes import Shapes
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.schema import event as event_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.events import Event

FORMAT = "calledit journal"
VERSION = 1

_ORIGIN_LIMIT = 200
_LINE_LIMIT = 16 * 2**20  # bytes; no event that a verb writes comes near
_MOST_EVENTS = 2**31 - 1  # the places that every engine's INTEGER can number
_AGAIN = "export it again where it came from"


def journal_lines(conn: Connection) -> Iterator[str]:
    """The header, then every event's body; each without its line feed.

    Raises:
        LedgerError: At the end: the events do not give the root that the header promised.
    """
    promised = journal.checkpoint(conn)
    yield canonical(
        {
            "format": FORMAT,
            "origin": promised.origin,
            "root": encode(promised.root),
            "size": promised.size,
            "version": VERSION,
        }
    )
    frontier = Frontier()
    for body in stored_bodies(conn, promised.size):
        frontier = frontier.append(leaf_hash(journal.body_bytes(body)))
        yield body
    if (frontier.size, frontier.root()) != (promised.size, promised.root):
        raise LedgerError(
            "the journal does not give its own root: this export is not a whole one",
            mend="see what `calledit verify` says",
        )


def stored_bodies(conn: Connection, size: int) -> Iterator[str]:
    """The bodies of the ledger's own first `size` events, in order."""
    query = select(event_table.c.body).order_by(event_table.c.seq).limit(size)
    yield from conn.execute(query.execution_options(yield_per=1_000)).scalars()


def is_journal(data: bytes) -> bool:
    """Whether the first line is a journal's header, of whatever version."""
    line = data[: data.find(b"\n") if b"\n" in data[:_LINE_LIMIT] else _LINE_LIMIT]
    value = _object(line.removeprefix(b"\xef\xbb\xbf"))
    return value is not None and value.get("format") == FORMAT


@dataclass(frozen=True, slots=True)
class JournalFile:
    """A journal that came from elsewhere, whole and unchanged since it was written.

    Attributes:
        name: What an error calls it.
        data: Its bytes.
        promised: The checkpoint that its header names and its events give.
    """

    name: str
    data: bytes
    promised: Checkpoint


def read_journal(data: bytes, *, name: str) -> JournalFile:
    """Check a file from its first line to its last.

    Raises:
        ReadError: It is no journal, or one of its lines is no event that this version can fold,
            or the lines together are not what the header promises.
    """
    return JournalFile(name, data, _checked(data, name))


def _checked(data: bytes, name: str) -> Checkpoint:
    """What the header promises, when every line fits and all of them together keep the promise."""
    lines = _lines(data, name)
    promised = _header(next(lines, b""), name)
    frontier, shapes = Frontier(), Shapes()
    for number, line in enumerate(lines, start=2):
        if frontier.size == promised.size:
            raise ReadError(
                f"{name}, line {number}: more than the {promised.size} events that it announces",
                mend=_AGAIN,
            )
        _check_event(line, shapes, f"{name}, line {number} (event {number - 1})")
        frontier = frontier.append(leaf_hash(line))
    if frontier.size < promised.size:
        raise ReadError(
            f"{name} is cut off: it announces {promised.size} events and holds {frontier.size}",
            mend=_AGAIN,
        )
    if frontier.root() != promised.root:
        raise ReadError(
            f"{name} was changed: its events do not give the root that it announces", mend=_AGAIN
        )
    return promised


def _lines(data: bytes, name: str) -> Iterator[bytes]:
    file = io.BytesIO(data.removeprefix(b"\xef\xbb\xbf"))
    number = 0
    while line := file.readline(_LINE_LIMIT + 2):
        number += 1
        line = line.removesuffix(b"\n").removesuffix(b"\r")  # a mailed file may have gained these
        if len(line) > _LINE_LIMIT:
            raise ReadError(f"{name}, line {number}: longer than any event")
        yield line


def _header(line: bytes, name: str) -> Checkpoint:
    value = _object(line)
    if value is None or value.get("format") != FORMAT:
        raise ReadError(
            f"{name} is not a journal",
            mend="one begins with the line that `calledit export --format journal` writes",
        )
    if value.get("version") != VERSION:
        raise ReadError(
            f"{name} is a journal of a version that this program does not know",
            mend="upgrade the program",
        )
    origin, size, root = value.get("origin"), value.get("size"), _root(value.get("root"))
    if (
        not isinstance(origin, str)
        or not origin
        or clean_line(origin, limit=_ORIGIN_LIMIT) != origin
    ):
        raise ReadError(f"{name}: the origin in its first line is not a name", mend=_AGAIN)
    if type(size) is not int or not 0 <= size <= _MOST_EVENTS or root is None:
        raise ReadError(f"{name}: the size or root in its first line is malformed", mend=_AGAIN)
    return Checkpoint(origin, size, root)


def _root(text: Any) -> bytes | None:
    try:
        return decode(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _check_event(line: bytes, shapes: Shapes, where: str) -> None:
    try:
        event = _event(line)
        if event.body().encode() != line:
            raise ValueError("it is not in canonical form")  # noqa: TRY301 (one way out for all)
        shapes.check(event)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{where}: {clean_line(str(error), limit=200)}") from None


def _event(line: bytes) -> Event:
    return parse_event(line.decode())


def events_after(file: JournalFile, skip: int) -> Iterator[Event]:
    """The events of a checked file, without the first `skip`."""
    bodies = bodies_of(file)
    for _ in range(skip):
        next(bodies)
    yield from map(_event, bodies)


def bodies_of(file: JournalFile) -> Iterator[bytes]:
    """The stored bodies that a file holds, in order."""
    lines = _lines(file.data, file.name)
    next(lines)
    return lines
