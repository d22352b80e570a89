"""`feeds`: which feeds are followed, and what is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.errors import FeedError
from ledger.errors import ReadError
from ledger.errors import UsageError
from ledger.scoring.words import counted
from tui.commands.common import add_json
from tui.commands.common import bytes_of

if TYPE_CHECKING:
    import argparse

    from feeds.records import ParsedFeed
    from feeds.schedule import Next
    from ledger.newsroom import Feed
    from tui.session import Session

_MAX_FILE = 10 * 2**20


def configure(parser: argparse.ArgumentParser) -> None:
    """Sub-verbs of `feeds`."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    add = verbs.add_parser("add", help="follow a feed")
    add.add_argument("url", metavar="URL")
    _configure_fields(add)
    edit = verbs.add_parser("edit", help="change a feed's title, tags or address")
    edit.add_argument("feed", metavar="FEED", help="its id or address")
    edit.add_argument("--url", metavar="URL", help="its new address")
    _configure_fields(edit)
    edit.add_argument(
        "--no-allow-private", action="store_false", dest="allow_private", help="the opposite"
    )
    remove = verbs.add_parser("remove", help="follow a feed no more; its items stay")
    remove.add_argument("feed", metavar="FEED", help="its id or address")
    listing = verbs.add_parser("list", help="list the feeds, their health and their next poll")
    importing = verbs.add_parser("import", help="follow every feed of an OPML list")
    importing.add_argument("file", metavar="FILE.opml", help="- for standard input")
    verbs.add_parser("export", help="print the feeds as an OPML list")
    check = verbs.add_parser("check", help="read a feed, store nothing")
    check.add_argument("place", metavar="URL|FILE")
    check.add_argument("--allow-private", action="store_true", help="ask a host of your own")
    for sub in (add, edit, remove, importing, check):
        add_json(sub, "one JSON object")
    add_json(listing, "one JSON array")


def _configure_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title", metavar="T", help="call it so, whatever it calls itself")
    parser.add_argument("--tag", dest="tags", action="append", metavar="T", help="may be repeated")
    parser.add_argument(
        "--allow-private",
        action="store_true",
        default=None,
        help="it is your own: ask it even on a private network",
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Do what was asked."""
    {
        "add": _add,
        "edit": _edit,
        "remove": _remove,
        "list": _list,
        "import": _import,
        "export": _export,
        "check": _check,
    }[args.what](args, session)
    return 0


def _add(args: argparse.Namespace, session: Session) -> None:
    from ledger.newsroom import add_feed

    _refuse(args.url)
    feed = add_feed(
        session.ledger(),
        args.url,
        title=args.title or "",
        tags=args.tags or (),
        allow_private=bool(args.allow_private),
    )
    _answer(args, session, feed, f"following feed {feed.id}: {feed.name}")


def _edit(args: argparse.Namespace, session: Session) -> None:
    from ledger.newsroom import edit_feed

    if args.url is not None:
        _refuse(args.url)
    given = {n: getattr(args, n) for n in ("url", "title", "tags", "allow_private")}
    if all(value is None for value in given.values()):
        raise UsageError("nothing to change", mend="give --url, --title, --tag, --allow-private")
    feed = edit_feed(session.ledger(), args.feed, **given)
    _answer(args, session, feed, f"feed {feed.id} is now: {feed.name} {feed.url}")


def _remove(args: argparse.Namespace, session: Session) -> None:
    from ledger.newsroom import remove_feed

    feed = remove_feed(session.ledger(), args.feed)
    _answer(args, session, feed, f"feed {feed.id} is not followed any more; its items stay")


def _refuse(url: str) -> None:
    from feeds.guard import url_problem

    if problem := url_problem(url):
        raise UsageError(f"{clean_line(url, limit=300)!r} {problem}")


def _answer(args: argparse.Namespace, session: Session, feed: Feed, text: str) -> None:
    if args.json:
        session.print_json(feed.to_json())
    else:
        session.print(clean_line(text))


def _list(args: argparse.Namespace, session: Session) -> None:
    from ledger.newsroom import list_feeds

    with session.ledger().read() as conn:
        feeds = list_feeds(conn)
    if args.json:
        session.print_json([feed.to_json() for feed in feeds])
        return
    for feed in feeds:
        session.print(clean_line(_line_of(feed)))
    if not feeds:
        session.note("no feed is followed yet: `calledit feeds add URL`")


def _line_of(feed: Feed) -> str:
    when = f"next {_minute(feed.next_at)}" if feed.next_at else "not asked again"
    items = counted(feed.items, "item")
    line = f"{feed.id:>4}  {feed.status}  {items}  {when}  {feed.name}  {feed.url}"
    return f"{line}  ({feed.error})" if feed.error else line


def _minute(instant: str) -> str:
    return f"{instant[:10]} {instant[11:16]} UTC"


def _import(args: argparse.Namespace, session: Session) -> None:
    from feeds.opml import import_opml

    document = _bytes_of(args.file)
    try:
        done = import_opml(session.ledger(), document)
    except FeedError as error:
        raise FeedError(f"{args.file}: {error.message}", mend=error.mend) from error
    for refused in done.refused:
        session.note(f"left out: {refused}")
    if args.json:
        session.print_json(done.to_json())
    else:
        session.print(f"{counted(done.added, 'feed')} added, {done.known} were followed already")


def _export(_args: argparse.Namespace, session: Session) -> None:
    from feeds.opml import write_opml
    from ledger.newsroom import list_feeds

    with session.ledger().read() as conn:
        session.print(write_opml(list_feeds(conn)))


def _check(args: argparse.Namespace, session: Session) -> None:
    from feeds.parse import parse
    from feeds.schedule import after_answer

    url, status, headers, body = _look(args)
    parsed = parse(body, url=url or "", content_type=headers.get("content-type", ""))
    dates = [entry.published for entry in parsed.items if entry.published]
    now = session.clock.now()
    planned = after_answer(now, 0, published=dates, ttl=parsed.ttl, headers=headers)
    if args.json:
        session.print_json(_checked(url, status, parsed, planned))
        return
    session.print(clean_line(f"{parsed.version}: {parsed.title or '(no title)'}"))
    for entry in parsed.items:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else "no date   "
        session.print(clean_line(f"  {day}  {entry.title or entry.summary}"))
    for warning in parsed.warnings:
        session.note(clean_line(f"warning: {warning}"))
    session.print(clean_line(f"would be asked again after: {'; '.join(planned.why)}"))


def _look(args: argparse.Namespace) -> tuple[str | None, int | None, dict[str, str], bytes]:
    """Address, status, headers and bytes of what is to be checked; no address for a file."""
    if not args.place.lower().startswith(("http://", "https://")):
        return None, None, {}, _bytes_of(args.place)
    from feeds.fetch import Request
    from feeds.fetch import fetch_once
    from feeds.guard import shown_url
    from ledger.errors import FetchError

    answer = fetch_once(Request(args.place, allow_private=args.allow_private))
    if answer.status != 200:
        raise FetchError(f"{shown_url(answer.final_url)} answers {answer.status}")
    return answer.final_url, answer.status, dict(answer.headers), answer.body


def _checked(
    url: str | None, status: int | None, parsed: ParsedFeed, planned: Next
) -> dict[str, Any]:
    from feeds.identity import identify
    from ledger.clock import instant_text

    return {
        "url": url,
        "status": status,
        "version": parsed.version,
        "title": parsed.title,
        "items": [
            {
                "identity": identity,
                "title": entry.title,
                "url": entry.url,
                "published": instant_text(entry.published) if entry.published else None,
                "updated": instant_text(entry.updated) if entry.updated else None,
                "summary": entry.summary,
                "authors": list(entry.authors),
            }
            for identity, entry in identify(parsed.items, {})
        ],
        "warnings": list(parsed.warnings),
        "next_poll": {
            "at": instant_text(planned.at) if planned.at else None,
            "why": list(planned.why),
        },
    }


def _bytes_of(name: str) -> bytes:
    raw = bytes_of(name, most=_MAX_FILE + 1)
    if len(raw) > _MAX_FILE:
        raise ReadError(f"{clean_line(name, limit=300)} is larger than {_MAX_FILE // 2**20} MiB")
    return raw
