"""Words that a person typed: asked for again, as they were, until the ledger has taken them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import ConnectionLostError
from ledger.events import new_event_id

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from collections.abc import Callable

    from tui.screens.place import Place

    Take = Callable[[str, str], Awaitable[None]]
    After = Callable[["Question"], Awaitable["Question"]]

_AWAY = "wait until the server answers, then look again"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what becomes of the answer.

    Attributes:
        words: The question.
        take: Gets the answer and the id of the deed; raises where it is refused.
        hint: What to write, while there is nothing.
    """

    words: str
    take: Take
    hint: str = ""


async def ask_until_taken(
    place: Place,
    question: Question,
    *,
    value: str = "",
    refused: str = "",
    after_conflict: After | None = None,
) -> bool:
    """Ask; where the answer is refused, say why and ask again with the answer in place.

    An answer that is given again unchanged goes under the same deed: where the connection was
    lost and the deed was written all the same, it is not written twice.

    Args:
        place: On which screen.
        question: What to ask first.
        value: What is in the line at first.
        refused: Why that was refused already.
        after_conflict: Says how to go on where somebody else was faster.

    Returns:
        Whether it was taken; false where the person gave up.
    """
    deed, told = new_event_id(), refused
    answer = await place.ask(question.words, value=value, hint=question.hint, refused=told)
    while answer is not None:
        try:
            await question.take(answer, deed)
        except CalledItError as error:
            told = in_words(error)
            if isinstance(error, ConflictError) and after_conflict is not None:
                question, deed = await after_conflict(question), new_event_id()
        else:
            return True
        again = await place.ask(question.words, value=answer, hint=question.hint, refused=told)
        if again != answer:
            deed = new_event_id()
        answer = again
    return False


def in_words(error: CalledItError) -> str:
    """An error as the status line tells it.

    Where the server is away, what to do comes first, since its own words may be long; and what
    only a command line can do is left out.
    """
    if not isinstance(error, ConnectionLostError):
        return str(error)
    unknown = "; whether it was recorded is not known" if error.mend else ""
    return f"no connection to the ledger{unknown}; {_AWAY} ({error.message})"
