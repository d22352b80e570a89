"""A few fields to fill in, in place of the detail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.widgets import TextArea

from ledger.clean import clean_block
from tui.text import one_line
from tui.widgets.bottom import SafeInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.widgets import Input


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        name: Its name in the answer.
        label: What it is, for a person.
        value: What it holds at first.
        hint: What to write, while it is empty.
        lines: More than one line may be written.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    lines: bool = False


class SafeArea(TextArea):
    """Several lines of input that take no escape sequence from a paste."""

    def on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted before it is taken."""
        event.text = clean_block(event.text)


class Form(VerticalScroll, can_focus=False):
    """Fields, filled in and saved together, or not at all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save"),
        Binding("tab", "screen.focus_next", "next field"),
        Binding("escape", "cancel", "cancel", key_display="esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[bool] | None = None

    async def fill(self, title: str, fields: Sequence[Field]) -> dict[str, str] | None:
        """Let a person fill in the fields.

        Returns:
            What each holds, by name; None where Esc was pressed.
        """
        self.action_cancel()
        focused = self.screen.focused
        await self.remove_children()
        await self.mount(Static(Content(one_line(title)), classes="title"))
        for field in fields:
            await self.mount(Static(Content(field.label), classes="label"), _editor(field))
        self.screen.add_class("-filling")
        self.query_one(f"#field-{fields[0].name}").focus()
        asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answer = asked
        saved = await asked
        if self._answer is not asked:  # another form has taken its place
            return None
        self._answer = None
        self.screen.remove_class("-filling")
        if focused is not None:
            focused.focus()
        return {f.name: self._value(f) for f in fields} if saved else None

    def action_save(self) -> None:
        """Take the fields as they are."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(True)

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line saves."""
        event.stop()
        self.action_save()

    def _value(self, field: Field) -> str:
        editor = self.query_one(f"#field-{field.name}")
        return editor.text if isinstance(editor, TextArea) else getattr(editor, "value", "")


def _editor(field: Field) -> SafeInput | SafeArea:
    name = f"field-{field.name}"
    if not field.lines:
        value = one_line(field.value)
        return SafeInput(value=value, placeholder=field.hint, id=name, select_on_focus=False)
    area = SafeArea(clean_block(field.value), id=name, compact=True, tab_behavior="focus")
    area.show_line_numbers = False
    return area
