"""CPU seconds that a command costs from start to end, beside bare Python and bare imports."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
BUDGET = 0.3  # CPU seconds for --help and list, on a warm disk


def cpu_seconds(*command: str) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(*command: str) -> float:
    return statistics.median(cpu_seconds(*command) for _ in range(ROUNDS))


def main() -> None:
    os.environ["CALLEDIT_ACTOR"] = "bench"
    calledit = (sys.executable, "-m", "tui.main")
    bare = median(sys.executable, "-c", "pass")
    with tempfile.TemporaryDirectory() as folder:
        ledger = ("--ledger", str(Path(folder) / "ledger.db"))
        cpu_seconds(*calledit, *ledger, "seed")
        cases = {
            "bare python": (sys.executable, "-c", "pass"),
            "import sqlalchemy": (sys.executable, "-c", "import sqlalchemy"),
            "import textual.app": (sys.executable, "-c", "import textual.app"),
            "calledit --help": (*calledit, "--help"),
            "calledit list": (*calledit, *ledger, "list"),
            "calledit list --json": (*calledit, *ledger, "list", "--json"),
            "calledit score --json": (*calledit, *ledger, "score", "--json"),
        }
        for name, command in cases.items():
            spent = median(*command)
            verdict = ""
            if name in ("calledit --help", "calledit list"):
                verdict = "within" if spent < BUDGET else "OVER"
                verdict = f"  {verdict} the budget of {BUDGET} s"
            print(f"{name:<24}{spent:7.3f} s CPU  {spent / bare:5.1f} × bare Python{verdict}")
