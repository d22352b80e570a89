"""`demo`: the app on a scratch copy of the seed ledger."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.app import require_terminal

if TYPE_CHECKING:
    import argparse

    from ledger.store import Ledger
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """`demo` has no options of its own."""


def run(_args: argparse.Namespace, session: Session) -> int:
    """Plant the seeds in a temporary folder and open the app there; nothing outlives it."""
    require_terminal()
    from tui.app import CalledItApp

    with tempfile.TemporaryDirectory(prefix="calledit-demo-") as folder:
        scratch = Path(folder) / "demo.db"
        held: list[Ledger] = []

        def open_scratch() -> Ledger:
            from ledger.store import open_ledger
            from tui.commands.seed import plant

            held.append(open_ledger(scratch, clock=session.clock))
            held[0].keeps_checkpoints = False
            plant(held[0])
            return held[0]

        app = CalledItApp(open_scratch, where="demo (a scratch copy)")
        app.run()
        for ledger in held:
            ledger.close()
    return app.return_code or 0
