"""What several verbs share: ids, fields as options, how a prediction looks on a line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.clock import parse_date
from ledger.errors import ReadError
from ledger.model import OUTCOME_WORDS

if TYPE_CHECKING:
    from datetime import date

    from ledger.checkpoints import KeptText
    from ledger.events import Event
    from ledger.model import Prediction
    from tui.session import Session

_MOST_PIPED = 2**20  # checkpoints through a pipe: ten thousand of them

# Option → field, for `add`, `amend` and `keep`.
FIELD_OPTIONS = {
    "source": ("NAME", "who said it"),
    "made_on": ("YYYY-MM-DD", "when it was said (today unless told)"),
    "due_on": ("YYYY-MM-DD", "last day on which it can still come true"),
    "criterion": ("TEXT", "what settles it"),
    "condition": ("TEXT", "what it depends on"),
    "probability": ("P", "stated probability, 0 to 1"),
    "hedge": ("WORDS", "how it was hedged: could, is likely to, …"),
    "baseline": ("P", "a probability to measure skill against, frozen now"),
    "weight": ("W", "less than 1 for a repeat of one claim"),
    "quote": ("TEXT", "the exact words"),
}


def identifier(text: str) -> int:
    """A positive whole number, for argparse."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 2**31:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{clean_line(text, limit=40)!r} is not an id; an id is a number"
    )


def count(text: str) -> int:
    """How many, at least one, for argparse."""
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{clean_line(text, limit=40)!r} is not a number from 1 to 999999999"
    )


def day(text: str) -> date:
    """A calendar date, for argparse."""
    from ledger.errors import UsageError

    try:
        return parse_date(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("date: ")) from None


def configure_fields(parser: argparse.ArgumentParser) -> None:
    """Add an option for every field that a person sets."""
    for name, (metavar, what) in FIELD_OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar=metavar, help=what)
    parser.add_argument("--tag", dest="tags", action="append", metavar="T", help="may be repeated")


def given_fields(args: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given."""
    names = ("statement", *FIELD_OPTIONS, "tags")
    return {n: v for n in names if (v := getattr(args, n, None)) is not None}


def line_of(prediction: Prediction, today: date) -> str:
    """A prediction on one line."""
    return (
        f"{prediction.id:>4}  {when_of(prediction, today):<22} {chance_of(prediction):<12} "
        f"{prediction.statement}  — {prediction.source}"
    )


def when_of(prediction: Prediction, today: date) -> str:
    """Where it stands in time, or how it ended."""
    if prediction.outcome is not None:
        return OUTCOME_WORDS[prediction.outcome]
    if prediction.status == "draft":
        return f"{prediction.due_on} draft"
    if prediction.status != "open":
        return prediction.status
    late = prediction.days_late(today)
    if late > 0:
        return f"{prediction.due_on} {late} d late"
    return f"{prediction.due_on} due today" if late == 0 else f"{prediction.due_on} in {-late} d"


def chance_of(prediction: Prediction) -> str:
    """Its probability with its basis, or its hedge."""
    if prediction.probability is None:
        return prediction.hedge or "–"
    percent = f"{float(prediction.probability) * 100:.0f} %"
    return f"{percent} {prediction.hedge}" if prediction.hedge else percent


def answer(args: argparse.Namespace, session: Session, predictions: list[Prediction]) -> None:
    """Print predictions after a verb: a JSON line each, or a readable line each."""
    today = session.clock.today()
    for prediction in predictions:
        if args.json:
            session.print_json(prediction.to_json())
        else:
            session.print(line_of(prediction, today))


def bytes_of(name: str, *, most: int = -1) -> bytes:
    """A file's bytes, or standard input's for ``-``; at most so many.

    Raises:
        ReadError: It cannot be read; the message names it.
    """
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{clean_line(name, limit=300)} cannot be read: {said}") from error


def checkpoints_of(name: str) -> KeptText:
    """Every checkpoint in a file that a person names (``-`` is standard input).

    Raises:
        ReadError: It cannot be read, or holds none.
    """
    from ledger.checkpoints import parse_checkpoints
    from ledger.witness import read_checkpoints

    if name != "-" and Path(name).is_file():
        found = read_checkpoints(Path(name))
    else:
        text = bytes_of(name, most=_MOST_PIPED).decode(errors="replace")
        found = parse_checkpoints(text, name="standard input" if name == "-" else name)
    if not found.kept:
        raise ReadError(f"{found.name} holds no checkpoint")
    return found


def tell_deed(args: argparse.Namespace, session: Session, event: Event, done: str) -> None:
    """Say which deed was taken back or done again, and of which prediction."""
    from ledger.queries import get_prediction

    if args.json:
        session.print_json({"type": event.type, "subject": event.subject})
        return
    with session.ledger().read() as conn:
        found = get_prediction(conn, int(event.subject.partition(":")[2]))
    session.print(f"{done}: {event.type.partition('.')[2]} ({found.id}  {found.statement})")


def tell_evidence(session: Session, prediction: Prediction) -> None:
    """Name what is attached to a prediction, so that a wrong number is seen at once."""
    from ledger.queries import evidence_of

    with session.ledger().read() as conn:
        held = evidence_of(conn, prediction.id)
    for one in held:
        where = ", ".join(part for part in (one.publisher, one.published[:10]) if part)
        session.print(f"      evidence: {one.title or one.quote or one.url}  ({where or one.url})")


def add_json(parser: argparse.ArgumentParser, shape: str = "one JSON object a line") -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help=shape)
