"""One run of the command line: which ledger, what day it is, where answers go."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import strip_controls
from ledger.clock import Clock
from ledger.engines import is_address
from ledger.errors import LedgerError
from ledger.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from ledger.store import Ledger

# What JSON may hold raw but a terminal must not get: DEL, C1, bidi controls, surrogates.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Session:
    """What a verb works with.

    Args:
        ledger: Path or URL of the ledger; without one, CALLEDIT_LEDGER or the default place.
        today: The date to work with instead of the real one.
        deed: The id under which a writing verb is recorded once, however often it is run.
    """

    def __init__(
        self, *, ledger: str | None = None, today: date | None = None, deed: str | None = None
    ) -> None:
        self.clock = Clock(pinned_today=today)
        self.deed = deed
        self._where = ledger or os.environ.get("CALLEDIT_LEDGER") or None
        self._open: Ledger | None = None

    def ledger_place(self) -> Path | str:
        """Where the ledger is or will be: a file's path, or a PostgreSQL database's address.

        Raises:
            UsageError: The address is of a kind that we cannot open.
        """
        if self._where is None:
            from platformdirs import user_data_path

            return user_data_path("calledit", appauthor=False) / "ledger.db"
        if is_address(self._where):
            return self._where
        where = self._where.removeprefix("sqlite:///")
        if "://" in where or where.startswith(":"):
            raise UsageError(
                f"{_without_password(where)!r} cannot be opened",
                mend="give the path of a file, or postgresql://USER@HOST/DATABASE",
            )
        return Path(where).expanduser()

    def place_shown(self) -> str:
        """The same for a person to read: no password in it."""
        return _without_password(str(self.ledger_place()))

    def ledger(self, *, create: bool = True) -> Ledger:
        """The ledger, opened once; made if there is none, unless `create` is false."""
        if self._open is None:
            from ledger.store import open_ledger

            place = self.ledger_place()
            if self._where is None and isinstance(place, Path):
                self._make_folder(place.parent)
            self._open = open_ledger(place, clock=self.clock, create=create)
            if self._open.created:
                self.note(f"began a new ledger at {self._open.where}")
            if self._open.upgraded_from:
                self.note(f"brought {self._open.where} up to date; its journal is as it was")
        return self._open

    def print(self, text: str = "") -> None:
        """An answer, on standard output; whatever it holds, no control reaches the terminal."""
        sys.stdout.write(strip_controls(text) + "\n")

    def print_json(self, value: Any) -> None:
        """An answer as one line of JSON."""
        text = json.dumps(value, ensure_ascii=False, default=str)
        sys.stdout.write(_UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n")

    def note(self, text: str) -> None:
        """A message or progress, on standard error."""
        sys.stderr.write(strip_controls(text) + "\n")

    def close(self) -> None:
        """Let go of the ledger."""
        if self._open is not None:
            for warning in self._open.close():
                self.note(warning)
            self._open = None

    @staticmethod
    def _make_folder(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"the folder {folder} cannot be made ({error.strerror})",
                mend="name a ledger with --ledger PATH",
            ) from error


def _without_password(address: str) -> str:
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", address)
