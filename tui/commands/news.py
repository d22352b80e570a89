"""`news`: items that come without a feed, and a look at all of them."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.errors import ReadError
from ledger.scoring.words import counted
from tui.commands.common import add_json
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from ledger.newsroom import Imported
    from ledger.newsroom import Item
    from ledger.store import Ledger
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Sub-verbs of `news`."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    importing = verbs.add_parser("import", help="store news from a file, all of it or nothing")
    importing.add_argument("file", metavar="FILE", help="- for standard input")
    importing.add_argument(
        "--format", choices=("jsonl", "csv"), help="by the file's name, unless told; else jsonl"
    )
    add_json(importing, "one JSON object")
    listing = verbs.add_parser("list", help="list news, newest first")
    listing.add_argument("--feed", metavar="FEED", help="of this feed only: its id or address")
    search = verbs.add_parser("search", help="find news by full text, best first")
    search.add_argument("query", nargs="+", metavar="WORD", help='"in quotes" words stay together')
    for sub in (listing, search):
        sub.add_argument("--limit", type=identifier, default=50, metavar="N", help="at most (50)")
        add_json(sub, "one JSON array")


def run(args: argparse.Namespace, session: Session) -> int:
    """Do what was asked."""
    if args.what == "import":
        _import(args, session)
    else:
        _show(args, session, _found(args, session.ledger()))
    return 0


def _import(args: argparse.Namespace, session: Session) -> None:
    form = args.format or ("csv" if args.file.lower().endswith(".csv") else "jsonl")
    ledger = session.ledger()
    done = _read(ledger, args.file, form)
    linked = 0
    if done.item_ids:
        from ledger.linking.engine import link_items

        linked = link_items(ledger, done.item_ids)
    if args.json:
        session.print_json(done.to_json() | {"linked": linked})
        return
    text = (
        f"{counted(done.new, 'new item')}, {done.changed} changed, {done.duplicates} known already"
    )
    session.print(text + (f", {linked} links to open predictions" if linked else ""))


def _read(ledger: Ledger, name: str, form: str) -> Imported:
    from ledger.newsroom import import_news

    # CSV has line breaks within fields; in JSON lines, only LF ends a line.
    newline = "" if form == "csv" else "\n"
    shown = "standard input" if name == "-" else clean_line(name, limit=300)
    try:
        if name == "-":
            lines = TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline=newline)
            return import_news(ledger, lines, form=form)
        with Path(name).open(encoding="utf-8", newline=newline) as file:
            return import_news(ledger, file, form=form)
    except UnicodeDecodeError as error:
        raise ReadError(f"{shown} is not UTF-8 text", mend="save it as UTF-8") from error
    except ReadError as error:
        raise ReadError(f"{shown}: {error.message}", mend=error.mend) from error
    except OSError as error:
        raise ReadError(f"{shown} cannot be read: {error.strerror}") from error


def _found(args: argparse.Namespace, ledger: Ledger) -> list[Item]:
    from ledger.newsroom import find_feed
    from ledger.newsroom import list_items
    from ledger.newsroom import search_items

    with ledger.read() as conn:
        if args.what == "search":
            return search_items(conn, " ".join(args.query), limit=args.limit)
        feed_id = find_feed(conn, args.feed).id if args.feed else None
        return list_items(conn, feed_id=feed_id, limit=args.limit)


def _show(args: argparse.Namespace, session: Session, items: list[Item]) -> None:
    if args.json:
        session.print_json([item.to_json() for item in items])
        return
    for item in items:
        publisher = f"  — {item.publisher}" if item.publisher else ""
        title = item.title or item.summary or "(no title)"
        session.print(clean_line(f"{item.id:>6}  {item.published[:10]}  {title}{publisher}"))
    if not items:
        session.note("nothing found")
