"""Typed words about a prediction that somebody else may change meanwhile: none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.events import new_event_id
from tui.screens.asking import Question
from tui.screens.asking import ask_until_taken
from tui.screens.asking import in_words
from tui.screens.editing import as_note
from tui.screens.editing import changes
from tui.screens.editing import fields_of
from tui.screens.editing import merged

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from collections.abc import Callable
    from collections.abc import Sequence

    from ledger.model import Prediction
    from tui.screens.claims import Claims
    from tui.widgets.form import Field


@dataclass(frozen=True, slots=True)
class Contest:
    """A prediction that somebody else may change meanwhile.

    Attributes:
        claim: Its id.
        statuses: Those in which what the person is about to do is possible.
    """

    claim: int
    statuses: tuple[str, ...]


async def note(screen: Claims, claim: int) -> None:
    """Ask for a remark, and write it beside a prediction."""
    await ask_until_taken(screen, _note(screen, claim, "Note:"))


async def ask(
    screen: Claims,
    contest: Contest,
    words: str,
    take: Callable[[str, int | None, str], Awaitable[None]],
    seen: int | None,
) -> bool:
    """Ask for a reason until it is taken; where it is too late for it, offer it as a note.

    Args:
        screen: Where.
        contest: About what.
        words: The question.
        take: Gets the reason, the prediction's version as it was seen, and the deed's id.
        seen: The version that the screen showed when the person began.

    Returns:
        Whether the words were taken; false where the person gave up.
    """

    def question(seen: int | None) -> Question:
        async def given(reason: str, deed: str) -> None:
            await take(reason, seen, deed)

        return Question(words, given)

    async def after_conflict(asked: Question) -> Question:
        now = await screen.claim_now(contest.claim)
        if now is None:
            return asked
        if now.status not in contest.statuses:
            return _late_note(screen, contest.claim)
        return question(now.version)

    return await ask_until_taken(screen, question(seen), after_conflict=after_conflict)


async def fill(
    screen: Claims,
    title: str,
    fields: Sequence[Field],
    take: Callable[[dict[str, str], str], Awaitable[None]],
) -> None:
    """Fill in a form; where its answer is refused, open it again as it was filled in.

    `take` gets the answer and the deed's id: the same for the same answer, so that a deed whose
    outcome is not known is not done twice.
    """
    deed, tried = new_event_id(), None
    while (answer := await screen.fill(title, fields)) is not None:
        deed = deed if answer == tried else new_event_id()
        tried = answer
        try:
            await take(answer, deed)
        except CalledItError as error:
            screen.fail(in_words(error))
            fields = refilled(fields, answer)
        else:
            return


async def edit(
    screen: Claims,
    contest: Contest,
    title: str,
    take: Callable[[Prediction, dict[str, Any], str], Awaitable[None]],
) -> None:
    """Change fields in a form.

    Where somebody else has changed the prediction meanwhile, the form opens again on what it is
    now, with the person's own changes in it; where it can be changed no more, they are offered
    as a note.

    Args:
        screen: Where.
        contest: What is changed.
        title: Of the form.
        take: Gets the prediction as it was seen, the changes, and the deed's id.
    """
    seen = (await screen.view_of(contest.claim)).prediction
    fields, deed, tried = fields_of(seen), new_event_id(), None
    while (answer := await screen.fill(title, fields)) is not None:
        deed = deed if answer == tried else new_event_id()
        tried, made = answer, changes(seen, answer)
        try:
            await take(seen, made, deed)
        except CalledItError as error:
            screen.fail(told := in_words(error))
            fields = refilled(fields, answer)
            conflict = isinstance(error, ConflictError)
        else:
            return
        now = await screen.claim_now(contest.claim) if conflict else None
        if now is not None and now.status not in contest.statuses:
            late = _late_note(screen, contest.claim)
            await ask_until_taken(screen, late, value=as_note(made), refused=told)
            return
        if now is not None:
            fields, seen, tried = merged(now, made, seen), now, None


def refilled(fields: Sequence[Field], answer: dict[str, str]) -> list[Field]:
    """A form as it was filled in."""
    return [replace(field, value=answer[field.name]) for field in fields]


def _late_note(screen: Claims, claim: int) -> Question:
    return _note(screen, claim, f"Enter files it as a note beside #{claim}:")


def _note(screen: Claims, claim: int, words: str) -> Question:
    async def take(text: str, deed: str) -> None:
        await screen.change(lambda _key: screen.desk.note(claim, text, deed=deed))

    return Question(words, take)
