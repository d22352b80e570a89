"""`export`: predictions, or the journal itself, in a file or on standard output."""

from __future__ import annotations

import base64
import json
import os
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import CalledItError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from collections.abc import Iterator
    from typing import BinaryIO

    from sqlalchemy import Connection

    from ledger.checkpoints import Checkpoint
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    parser.add_argument(
        "--format",
        choices=("jsonl", "journal"),
        default="jsonl",
        help="jsonl: every open and resolved prediction; journal: every event, as it is hashed",
    )
    parser.add_argument("--json", action="store_true", help="the same: it is JSON already")
    parser.add_argument("-o", dest="file", metavar="FILE", help="a file instead of standard output")


def run(args: argparse.Namespace, session: Session) -> int:
    """Write them, one object a line; a file that is there is not overwritten.

    The checkpoint of what was written goes to standard error, for whoever keeps such lines.
    """
    from ledger.journal import checkpoint

    with session.ledger(create=False).read() as conn:
        held = checkpoint(conn)
        lines = _lines(args.format, conn, session)
        if args.file is None:
            _print(lines, session)
        else:
            count = _write(Path(args.file), lines)
            session.note(f"{count} lines written to {args.file}")
    session.note(_in_one_line(held))
    return 0


def _lines(name: str, conn: Connection, session: Session) -> Iterator[str]:
    from ledger.exchange.journal import journal_lines
    from ledger.exchange.jsonl import write_rows

    if name == "journal":
        yield from journal_lines(conn)
    else:
        for row in write_rows(conn, today=session.clock.today()):
            yield json.dumps(row, ensure_ascii=False)


def _print(lines: Iterable[str], session: Session) -> None:
    """To a terminal cleaned, as everything; to a pipe byte for byte, whatever the locale."""
    if sys.stdout.isatty():
        for line in lines:
            session.print(line)
        return
    sys.stdout.flush()
    for line in lines:
        sys.stdout.buffer.write(_encoded(line))


def _encoded(line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _write(path: Path, lines: Iterable[str]) -> int:
    """The whole file, or none: it gets its name when all of it is on disk. How many lines."""
    if path.exists():
        raise CalledItError(f"{path} is there already", mend="name another file")
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        try:
            with part.open("xb") as file:
                count = _fill(file, lines)
            _name(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise CalledItError(f"{path} is there already", mend="name another file") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise CalledItError(f"{path} cannot be written: {said}") from error
    return count


def _fill(file: BinaryIO, lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        file.write(_encoded(line))
        count += 1
    file.flush()
    os.fsync(file.fileno())
    return count


def _name(part: Path, path: Path) -> None:
    """Give the finished file its name, unless another has taken it meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        part.rename(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _in_one_line(held: Checkpoint) -> str:
    root = base64.b64encode(held.root).decode()
    return f"checkpoint: {held.origin} {held.size} {root}"
