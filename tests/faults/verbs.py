"""Every verb on a file that may be damaged: it answers or complains in one line, and no more."""

from __future__ import annotations

import contextlib
import io
import traceback
from typing import TYPE_CHECKING

from ledger.errors import CalledItError
from ledger.store import open_ledger
from tests.faults.growing import ticking
from tui.desk import Desk
from tui.main import main

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

_READING = (
    "list --status all",
    "list --status all --json",
    "list claim rises --status all",
    "show 1",
    "show 2",
    "show 3",
    "show 4",
    "show 5",
    "score",
    "score --json",
    "export",
    "export --format journal",
    "checkpoint",
    "prove 3",
    "feeds list",
    "feeds list --json",
    "news list",
    "news search news rose",
    "verify",
)
_WRITING = (
    "link",
    "undo",
    "redo",
    "note 3 remark",
    "resolve 2 true --reason seen",
    "keep 4 5 6",
    "rebuild",
    "add Rain --source Met --due 2026-12-01",
)


def crashes(path: Path, rng: random.Random, most: int) -> Iterator[str]:
    """Of so many verbs, those that end in a traceback, and where."""
    verbs = [*_READING, *_WRITING]
    for words in sorted(rng.sample(verbs, min(most, len(verbs))), key=verbs.index):
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                main(["--ledger", str(path), "--today", "2026-01-15", *words.split()])
        except SystemExit as error:
            if error.code == 2:
                raise AssertionError(words) from error
        except Exception as error:  # noqa: BLE001 (whatever is not told in words is a crash)
            yield f"{words}: {where(error)}"
    try:
        _look_at_screens(path)
    except CalledItError:
        return
    except Exception as error:  # noqa: BLE001
        yield f"screens: {where(error)}"


def _look_at_screens(path: Path) -> None:
    ledger = open_ledger(path, clock=ticking(), create=False)
    try:
        desk = Desk(ledger)
        for ask in (desk.tally, desk.feeds, desk.scores):
            with contextlib.suppress(CalledItError):
                ask()
        for ids in (desk.review_ids, desk.draft_ids, desk.resolved_ids):
            with contextlib.suppress(CalledItError):
                found = ids().ids
                desk.rows(found)
                for number in found[:5]:
                    desk.claim(number)
    finally:
        ledger.close()


def where(error: Exception) -> str:
    """The innermost function of the ledger's that the error passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    last = ours[-1]
    return f"{type(error).__name__} in {last.filename.rpartition('/')[2]} {last.name}: {error}"[
        :300
    ]
