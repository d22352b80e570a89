"""Without a verb: the app on the ledger."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ledger.errors import CalledItError

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """The app has no options of its own."""


def run(_args: argparse.Namespace, session: Session) -> int:
    """Open the app; the ledger is opened behind its first picture."""
    require_terminal()
    from tui.app import CalledItApp

    app = CalledItApp(session.ledger, where=session.place_shown())
    app.run()
    return app.return_code or 0


def require_terminal() -> None:
    """The app needs a terminal on both ends.

    Raises:
        CalledItError: There is none; it says what to do instead.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise CalledItError(
            "the app needs a terminal, and there is none here",
            mend="run it in one, or use the verbs: calledit list, calledit --help",
        )
