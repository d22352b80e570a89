"""`doctor`: the health of the ledger and of the setup, with a mend for all that is wrong."""

from __future__ import annotations

import os
import platform
import sqlite3
import textwrap
from collections import Counter
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING

from ledger import __version__
from ledger.doctor.findings import note
from ledger.doctor.findings import ok
from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ledger.doctor.findings import Finding
    from tui.session import Session

_WIDTH = 80
_STATE = 7  # columns for the first word


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `doctor`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Look at everything, change nothing, and leave with 1 if anything is wrong."""
    findings = []
    for finding in _all(session, _named_by(args)):
        findings.append(finding)
        if not args.json:
            session.print(_laid_out(finding))  # as it is found, since some take their time
    fine = all(finding.state != "wrong" for finding in findings)
    if args.json:
        session.print_json({"ok": fine, "findings": [asdict(finding) for finding in findings]})
    else:
        session.print(_summary(findings))
    return 0 if fine else 1


def _all(session: Session, named_by: str) -> Iterator[Finding]:
    from ledger.doctor.examine import examine

    yield from _of_setup(session, named_by)
    yield from examine(session.ledger_place(), clock=session.clock)


def _named_by(args: argparse.Namespace) -> str:
    if args.ledger:
        return "as --ledger says"
    return "as CALLEDIT_LEDGER says" if os.environ.get("CALLEDIT_LEDGER") else "the default place"


def _of_setup(session: Session, named_by: str) -> Iterator[Finding]:
    from ledger.store import actor_name

    yield ok(
        f"Called It {__version__}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, SQLAlchemy {metadata.version('sqlalchemy')}"
    )
    try:
        yield ok(f"PostgreSQL can be used: psycopg {metadata.version('psycopg')} is installed")
    except metadata.PackageNotFoundError:
        yield ok("only files can be used: psycopg (calledit[postgres]) is not installed")
    name = actor_name()
    if os.environ.get("CALLEDIT_ACTOR"):
        yield ok(f"you write as {name}, as CALLEDIT_ACTOR says")
    elif name == "somebody":
        yield note("the journal knows you as somebody", "set CALLEDIT_ACTOR to your name")
    else:
        yield ok(f"you write as {name}, the name of the system's user")
    yield ok(f"the ledger is {session.place_shown()}, {named_by}")


def _laid_out(finding: Finding) -> str:
    lines = _wrapped(finding.what, f"{finding.state:<{_STATE}}", " " * _STATE)
    if finding.mend:
        lines += _wrapped(finding.mend, " " * _STATE + "→ ", " " * (_STATE + 2))
    return "\n".join(lines)


def _wrapped(text: str, first: str, others: str) -> list[str]:
    """At most 80 columns, but a path stays whole."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(findings: list[Finding]) -> str:
    count = Counter(finding.state for finding in findings)
    notes = f"{count['note']} note" + ("" if count["note"] == 1 else "s")
    return f"\n{count['ok']} ok, {notes}, {count['wrong']} wrong"
