"""The app in a real terminal: what reaches it, and that it leaves it as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tui.app.playing import add_claims
from tests.tui.app.playing import status_of

if TYPE_CHECKING:
    from ledger.store import Ledger

ROOT = Path(__file__).parents[3]
START = """
import sys
from datetime import date
from ledger.clock import Clock
from tui.app import CalledItApp

def open_it():
    from ledger.store import open_ledger
    return open_ledger(sys.argv[1], clock=Clock(pinned_today=date(2026, 1, 15)))

CalledItApp(open_it, where=sys.argv[1]).run()
"""
EVIL = "Bridge \x1b]0;owned\x07\x1b[31mred \x9b32mgreen \x1b]8;;http://evil.example\x07 end"


class Terminal:
    """A process on a pseudo-terminal of 120 by 36."""

    def __init__(self, ledger: Path, **more: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        known = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | more
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, str(ledger)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=known,
        )
        os.close(slave)
        self.seen = b""

    def read_until(self, wanted: bytes, seconds: float = 20) -> None:
        """Read on, until something was shown after what was seen before."""
        start, end = len(self.seen), time.monotonic() + seconds
        while wanted not in self.seen[start:]:
            left = end - time.monotonic()
            assert left > 0, self.seen[start:][-2000:]
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 65536)

    def send(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def close(self) -> int:
        """Wait for the end; the exit code."""
        while True:
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            self.seen += part
        os.close(self.master)
        return self.process.wait(20)


def test_a_verdict_in_a_real_terminal_lets_no_escape_through(file_ledger: Ledger) -> None:
    ledger = file_ledger
    (claim,) = add_claims(ledger, 30)
    with ledger.write() as conn:
        conn.exec_driver_sql("UPDATE prediction SET statement = ?, source = ?", (EVIL, EVIL))
        conn.exec_driver_sql("UPDATE item SET title = ?, publisher = ?", (EVIL, EVIL))
    terminal = Terminal(Path(ledger.where))
    terminal.read_until(b"EVIDENCE")
    terminal.send(b"1y")
    terminal.read_until(b"resolved, hit rate")
    terminal.send(b"]]")
    terminal.read_until(b"came true")
    terminal.send(b"Q")
    assert terminal.close() == 0
    assert status_of(ledger, claim) == ("resolved", "true")
    # The app's own window title aside, every escape is of the kinds that drawing needs.
    assert b"owned" not in re.sub(rb"\x1b\]\d+;[^\x07\x1b]*(?:\x07|\x1b\\)", b"", terminal.seen)
    assert b"\x1b]0;owned" not in terminal.seen
    assert b"\x1b]8;" not in terminal.seen
    assert not re.search("[\x80-\x9f]", terminal.seen.decode(errors="replace"))
    assert b"\x1b[31mred" not in terminal.seen
    assert terminal.seen.rstrip().endswith(b"\x1b[?1004l") or b"\x1b[?1049l" in terminal.seen


def test_without_colour_nothing_is_lost(file_ledger: Ledger) -> None:
    ledger = file_ledger
    add_claims(ledger, 30)
    terminal = Terminal(Path(ledger.where), NO_COLOR="1")
    terminal.read_until(b"EVIDENCE")
    terminal.send(b"Q")
    assert terminal.close() == 0
    shades = set(re.findall(rb"38;2;(\d+);(\d+);(\d+)", terminal.seen))
    assert all(red == green == blue for red, green, blue in shades)
    assert "▌".encode() in terminal.seen
    assert b"[Review" in terminal.seen
