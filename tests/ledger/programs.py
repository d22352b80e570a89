"""Programs of their own, for what threads of one cannot show: locks belong to processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_OPEN = """
import sys
from ledger.store import open_ledger
print("ready", flush=True)
sys.stdin.readline()
ledger = open_ledger(sys.argv[1])
print(f"created={ledger.created} upgraded_from={ledger.upgraded_from}", flush=True)
sys.stdin.readline()
ledger.close()
"""


def opened_by_programs(where: str | Path, count: int) -> list[str]:
    """What so many programs say that open the ledger at once, and keep it open together."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, str(where)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    try:
        for one in programs:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in programs:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        said = [one.stdout.readline().strip() for one in programs if one.stdout is not None]
        for one in programs:
            _, errors = one.communicate("\n", timeout=60)
            assert (one.returncode, errors) == (0, "")
    finally:
        for one in programs:
            one.kill()
    return said
