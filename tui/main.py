"""The command line: finds the verb, imports only what it needs, turns errors into exit codes."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING
from typing import NoReturn

from ledger import __version__
from ledger.clean import strip_controls
from ledger.clock import parse_date
from ledger.errors import CalledItError
from tui.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

# Verb → what it does; the module that does it is tui/commands/VERB.py.
VERBS = {
    "demo": "open the app on a scratch copy of the seed ledger",
    "seed": "write the seed ledger into the current one, once",
    "read": "find an article's forward-looking claims, as drafts",
    "add": "record a prediction by hand",
    "amend": "change a prediction's fields; the old values stay in the journal",
    "keep": "turn drafts into open predictions",
    "drop": "set drafts aside",
    "note": "write a remark beside a prediction",
    "withdraw": "take out a prediction that was recorded by mistake",
    "list": "list predictions; words search their text",
    "show": "show one prediction, whole, with its history",
    "link": "rank the news that bears on predictions",
    "accept": "make a suggested link evidence",
    "reject": "say that a suggested link does not bear on its prediction",
    "resolve": "judge a prediction: true, false, partial, ambiguous, annulled",
    "reopen": "take a verdict away again",
    "undo": "take back what you did last",
    "redo": "do again what you took back last",
    "feeds": "add, list, remove, edit, import, export, check feeds",
    "poll": "fetch the feeds that are due, and link what is new",
    "news": "import, list and search news items",
    "score": "score the sources",
    "import": "record predictions from JSON lines, verdicts and all",
    "export": "write the open and resolved predictions as JSON lines",
    "verify": "check the journal, its views, and checkpoints kept elsewhere",
    "checkpoint": "print the journal's size and Merkle root, to keep elsewhere",
    "prove": "print a proof that an event is in the journal, or that it only grew",
    "rebuild": "make the views again from the journal",
    "backup": "copy the whole ledger to a new file, or into a PostgreSQL database",
    "doctor": "look over the ledger and its setup, and say what to mend",
}


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with code 2."""
        sys.stderr.write(f"{self.prog}: {strip_controls(message)}; see {self.prog} --help\n")
        sys.exit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 done, 1 failed, 2 misuse.
    """
    if sys.stdout is None or sys.stderr is None:
        return 1  # nobody could read the answer
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except CalledItError as error:
        sys.stderr.write(f"calledit: {strip_controls(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"calledit: {error.strerror or error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("calledit: stopped\n")
        return 130


def _run(argv: list[str]) -> int:
    common = _common_options()
    top = _top_parser(common)
    args = top.parse_args(argv)
    if args.verb is not None and args.verb not in VERBS:
        top.error(f"there is no verb {args.verb!r}")
    module = importlib.import_module(f"tui.commands.{args.verb or 'app'}")
    # The same options are taken after the verb, where people put them too.
    parser = Parser(
        prog=f"calledit {args.verb}" if args.verb else "calledit",
        description=VERBS.get(args.verb or ""),
        parents=[common],
    )
    module.configure(parser)
    args = parser.parse_args(args.rest, namespace=_without(args, "verb", "rest"))
    if args.no_color:
        os.environ["NO_COLOR"] = "1"
    today = None if args.today is None else parse_date(args.today, name="--today")
    session = Session(ledger=args.ledger, today=today, deed=args.once)
    _end_in_order()
    try:
        code: int = module.run(args, session)
        sys.stdout.flush()
    finally:
        session.close()
    return code


def _end_in_order() -> None:
    """A closed terminal or a polite kill ends us as an error would: what is open is closed."""

    def end(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--ledger", metavar="PATH|URL", help="the ledger (or set CALLEDIT_LEDGER)")
    common.add_argument("--today", metavar="YYYY-MM-DD", help="work as if this were today")
    common.add_argument(
        "--once",
        metavar="NAME",
        help="record what this verb does under a name, once: run again, it changes nothing",
    )
    common.add_argument("--no-color", action="store_true", help="no colour in the app")
    return common


def _top_parser(common: argparse.ArgumentParser) -> Parser:
    lines = "\n".join(f"  {verb:<11} {what}" for verb, what in VERBS.items())
    top = Parser(
        prog="calledit",
        usage="calledit [--ledger PATH|URL] [--today DATE] [--once NAME] [--no-color] [VERB …]",
        description="A ledger of predictions. Without a verb: the app.",
        epilog=f"verbs:\n{lines}\n\n`calledit VERB --help` tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    top.set_defaults(ledger=None, today=None, once=None, no_color=False)
    top.add_argument("--version", action="version", version=f"calledit {__version__}")
    top.add_argument("verb", nargs="?", help=argparse.SUPPRESS)
    top.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return top


def _without(args: argparse.Namespace, *names: str) -> argparse.Namespace:
    for name in names:
        delattr(args, name)
    return args


if __name__ == "__main__":
    sys.exit(main())
