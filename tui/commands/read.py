"""`read`: an article's forward-looking claims, as drafts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ledger.errors import ReadError
from tui.commands.common import add_json
from tui.commands.common import bytes_of
from tui.commands.common import day
from tui.commands.common import line_of

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from ledger.model import Article
    from ledger.model import Prediction
    from ledger.reading.model import Reading
    from tui.session import Session

# More than any article; a mistaken file is refused before it is read into memory.
MAX_BYTES = 20_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `read`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="plain text; - is standard input")
    parser.add_argument("--published", type=day, metavar="YYYY-MM-DD", help="today unless told")
    parser.add_argument("--outlet", default="", metavar="NAME", help="who published it")
    parser.add_argument("--author", default="", metavar="NAME", help="who wrote it")
    parser.add_argument("--title", default="", metavar="TEXT", help="the file's name unless told")
    parser.add_argument("--reader", choices=("rules",), default="rules", help="how to read: rules")
    parser.add_argument("--dry-run", action="store_true", help="show the claims, record nothing")
    parser.add_argument("--keep-all", action="store_true", help="make them open at once")
    add_json(parser, "one JSON object an article")


def run(args: argparse.Namespace, session: Session) -> int:
    """Read every file before anything is recorded, so that a bad one leaves no trace."""
    texts = [(name, _text_of(name)) for name in args.files]
    if args.published is None:
        args.published = session.clock.today()
        session.note(f"taken as published today, {args.published}; --published tells better")
    for name, text in texts:
        _read_one(args, session, name, text)
    return 0


def _read_one(args: argparse.Namespace, session: Session, name: str, text: str) -> None:
    from ledger.reading.reader import read_article

    title = args.title or ("standard input" if name == "-" else Path(name).stem)
    reading = read_article(
        text, published=args.published, author=args.author, outlet=args.outlet, title=title
    )
    recorded = None if args.dry_run else _record(args, session, text, title, reading)
    if args.json:
        session.print_json(_json(reading, recorded))
    else:
        _tell(session, reading, recorded)


def _text_of(name: str) -> str:
    from ledger.reading.document import decode_text

    if name.lower().startswith(("http://", "https://")):
        raise ReadError(
            f"{name}: addresses cannot be read yet", mend="save the article as a text file"
        )
    raw = bytes_of(name, most=MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ReadError(f"{name} is longer than {MAX_BYTES // 1_000_000} MB: not an article")
    return decode_text(raw, name="standard input" if name == "-" else name)


def _record(
    args: argparse.Namespace, session: Session, text: str, title: str, reading: Reading
) -> tuple[Article, list[Prediction]]:
    from ledger import book
    from ledger.book.capture import digest
    from ledger.book.drafting import draft_fields
    from ledger.linking.engine import link_predictions

    ledger = session.ledger()
    byline = args.author or args.outlet or f"author of “{title}”"
    published: date = args.published
    article, predictions, is_new = book.record_article(
        ledger,
        text=text,
        published=published,
        drafts=[draft_fields(c, published=published, byline=byline) for c in reading.claims],
        title=title,
        outlet=args.outlet,
        author=args.author,
        keep_all=args.keep_all,
        deed=None if session.deed is None else f"{session.deed}-{digest(text)[:16]}",
    )
    if not is_new:
        session.note(
            f"this text was read before, as article {article.id} of {article.published}: nothing "
            "is added, and options given now change nothing"
        )
    elif args.keep_all:
        link_predictions(ledger, [prediction.id for prediction in predictions])
    return article, predictions


def _json(reading: Reading, recorded: tuple[Article, list[Prediction]] | None) -> dict[str, Any]:
    answer = reading.to_json()
    if recorded is not None:
        article, predictions = recorded
        answer["article"]["id"] = article.id
        by_place = {(p.quote_start, p.quote_end, p.statement): p.id for p in predictions}
        for claim in answer["claims"]:
            place = (claim["start"], claim["end"], claim["statement"])
            claim["prediction"] = by_place.get(place)
    return answer


def _tell(
    session: Session, reading: Reading, recorded: tuple[Article, list[Prediction]] | None
) -> None:
    if recorded is None:
        for claim in reading.claims:
            due = claim.due or "no deadline"
            session.print(f"¶{claim.paragraph}  {claim.hedge or '–'}  {due}  {claim.statement}")
    else:
        for prediction in recorded[1]:
            session.print(line_of(prediction, session.clock.today()))
    found = len(reading.claims)
    drafts = [] if recorded is None else [p for p in recorded[1] if p.status == "draft"]
    session.note(
        f"{found} claim{'s' * (found != 1)} found"
        + ("; `calledit keep ID…` keeps them, `calledit` shows them" if drafts else "")
    )
