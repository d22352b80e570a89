"""The real command line, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class CommandLine:
    """Runs `calledit` on one ledger and one day."""

    ledger: Path
    today: str = "2026-01-15"

    def __call__(self, *words: str, stdin: str | bytes = "") -> Answer:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        common = ["--ledger", str(self.ledger), "--today", self.today]
        done = subprocess.run(
            [sys.executable, "-m", "tui.main", *common, *words],
            input=raw,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=ROOT,
            env=os.environ | {"CALLEDIT_ACTOR": "tester", "PYTHONWARNINGS": "error"},
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *words: str, stdin: str | bytes = "") -> Answer:
        """Run it and insist that it worked."""
        answer = self(*words, stdin=stdin)
        assert answer.code == 0, answer.err
        return answer
