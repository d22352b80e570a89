"""The house rules that a machine can check: who imports whom, and how long a file may be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ledger", "feeds", "tui", "seeds")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))

# A package, or an entry point, and what must not be loaded by importing it.
FORBIDDEN = {
    "ledger": ("textual", "rich", "aiohttp", "feedparser", "feeds", "tui", "seeds"),
    "feeds": ("textual", "rich", "tui", "seeds"),
    "tui.main": ("sqlalchemy", "textual", "rich", "aiohttp", "feedparser", "dateutil"),
    "tui.app": ("sqlalchemy", "aiohttp", "feedparser"),
    "tui.commands.list": ("textual", "rich", "aiohttp", "feedparser", "sqlalchemy"),
}


def modules_of(name: str) -> list[str]:
    """A package with all that is in it; a module alone."""
    folder = ROOT / name.replace(".", "/")
    if not folder.is_dir():
        return [name]
    paths = sorted(folder.rglob("*.py"))
    dotted = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [module.removesuffix(".__init__") for module in dotted]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_dependencies_point_one_way(name: str) -> None:
    lines = [f"import {module}" for module in modules_of(name)]
    script = "\n".join(["import sys", *lines, "print(*sys.modules)"])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert loaded.isdisjoint(FORBIDDEN[name])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_one_subject(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 400
    assert lines[0].startswith(('"""', 'r"""'))


def test_every_verb_has_a_module() -> None:
    from tui.main import VERBS

    commands = {path.stem for path in (ROOT / "tui" / "commands").glob("*.py")}
    assert set(VERBS) == commands - {"__init__", "app", "common"}
