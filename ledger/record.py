"""Stored rows as records: what a row holds is not believed, since a file may be damaged."""

from __future__ import annotations

import json
from dataclasses import MISSING
from dataclasses import fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar
from typing import get_type_hints

from ledger.errors import DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping

    Reader = Callable[[Any], Any]

_T = TypeVar("_T")


def record(kind: type[_T], row: Mapping[Any, Any]) -> _T:
    """The row as a record: each value as its field's annotation says.

    Dates are stored as text, lists of text as JSON, flags as numbers. A field that has a default
    may be left out of the row.

    Args:
        kind: A dataclass.
        row: Values by the names of its fields.

    Raises:
        DamagedError: A value is not what its field holds.
    """
    held_in: Any = kind
    name = ""
    values = {}
    try:
        for name, read, needed in _readers(held_in):
            if needed or name in row:
                values[name] = read(row[name])
    except ValueError as error:
        what = f"{kind.__name__.lower()} {row.get('id', '')}".strip()
        raise DamagedError(f"{what} cannot be read: its {name} is {error}") from error
    return kind(**values)


@cache
def _readers(kind: Any) -> tuple[tuple[str, Reader, bool], ...]:
    """Each field's name, how its value is read, and whether a row must have it."""
    hints = get_type_hints(kind)
    return tuple((f.name, _READERS[hints[f.name]], f.default is MISSING) for f in fields(kind))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("not text")


def _number(value: Any) -> int:
    if isinstance(value, int):
        return value
    raise ValueError("not a number")


def _real(value: Any) -> float:
    if isinstance(value, float | int):
        return value
    raise ValueError("not a number")


def _flag(value: Any) -> bool:
    return bool(_number(value))


def _date(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _texts(value: Any) -> tuple[str, ...]:
    try:
        held = json.loads(_text(value))
    except RecursionError:
        held = None
    if isinstance(held, list) and all(isinstance(one, str) for one in held):
        return tuple(held)
    raise ValueError("not a list of texts")


def _or_none(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


_READERS: dict[Any, Reader] = {
    str: _text,
    int: _number,
    float: _real,
    bool: _flag,
    date: _date,
    tuple[str, ...]: _texts,
}
_READERS |= {kind | None: _or_none(read) for kind, read in _READERS.items()}
