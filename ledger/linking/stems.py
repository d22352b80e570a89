"""Words as the full-text index knows them: folded and stemmed by SQLite's own tokenizer."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

_MEMORY = 50_000  # words remembered; a newsroom's headlines have fewer in common use
_LONGEST = 64  # characters; a longer "word" is no word
_LOCK = threading.Lock()
_known: dict[str, str] = {}


def stems(words: Iterable[str]) -> dict[str, str]:
    """Each word's form in the index; empty for what the index does not hold, such as signs.

    Two words match there exactly when their forms are equal.
    """
    asked = set(words)
    with _LOCK:
        if len(_known) > _MEMORY:
            _known.clear()
        if missing := [word for word in asked if word not in _known]:
            _known.update(_tokenized(missing))
        return {word: _known[word] for word in asked}


def positions(texts: Sequence[Sequence[str]]) -> list[list[tuple[str, int, int]]]:
    """Each text's words as the index holds them: form, field and place in it, in order.

    Args:
        texts: Each a sequence of fields; all have as many.
    """
    found: list[list[tuple[str, int, int]]] = [[] for _ in texts]
    if not texts:
        return found
    names = [f"field{number}" for number in range(len(texts[0]))]
    db = sqlite3.connect(":memory:")
    try:
        db.execute(
            f"CREATE VIRTUAL TABLE w USING fts5({', '.join(names)}, tokenize='porter unicode61')"
        )
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(w, instance)")
        marks = ", ".join("?" * len(names))
        rows = ((number, *map(_encodable, fields)) for number, fields in enumerate(texts, 1))
        db.executemany(f"INSERT INTO w(rowid, {', '.join(names)}) VALUES (?, {marks})", rows)  # noqa: S608
        for row, term, name, place in db.execute("SELECT doc, term, col, offset FROM v"):
            found[row - 1].append((term, names.index(name), place))
    finally:
        db.close()
    for one in found:
        one.sort(key=lambda word: word[1:])
    return found


def _tokenized(words: list[str]) -> dict[str, str]:
    """A throw-away index that holds a word a row, read back term by term."""
    parts: list[list[str]] = [[] for _ in words]
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE w USING fts5(word, tokenize='porter unicode61')")
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(w, instance)")
        rows = ((number, _storable(word)) for number, word in enumerate(words, 1))
        db.executemany("INSERT INTO w(rowid, word) VALUES (?, ?)", rows)
        for row, term in db.execute("SELECT doc, term FROM v ORDER BY doc, offset"):
            parts[row - 1].append(term)
    finally:
        db.close()
    return {word: " ".join(found) for word, found in zip(words, parts, strict=True)}


def _storable(word: str) -> str:
    return _encodable(word[:_LONGEST])


def _encodable(words: str) -> str:
    return words.encode(errors="replace").decode()
