"""How large each campaign is, per push and for `make torture`; its seed, and its summary line."""

from __future__ import annotations

import functools
import os
import random

# Campaign → how many (per push, in torture).
SIZES = {
    "kill_loops": (50, 1_000),
    "power_cut_images": (500, 20_000),
    "fault_operations": (200, 1_000_000),  # in torture: every one there is
    "crowd_processes": (8, 16),
    "crowd_verbs": (100, 2_000),
    "tamperings": (20, 300),  # of each class
    "byte_flips": (200, 10_000),
    "verbs_a_flip": (5, 100),  # in torture: all
    "model_sequences": (150, 10_000),  # of 50 verbs; 300 would take a minute
    "clock_cases": (500, 20_000),
    "hostile_documents": (500, 20_000),
    "cut_verbs": (60, 5_000),  # PostgreSQL: verbs whose connection is cut
    "cut_model_verbs": (50, 1_000),  # the same, against the model
    "lost_verbs": (20, 500),  # whose server does not come back
    "terminated_verbs": (60, 3_000),  # while sessions are terminated at random
    "server_crashes": (2, 40),
    "model_sequences_postgresql": (10, 300),
    "races": (50, 2_000),
}


def size(name: str) -> int:
    """How many of `name` this run does: the large number with CALLEDIT_TORTURE=1."""
    per_push, torture = SIZES[name]
    return torture if os.environ.get("CALLEDIT_TORTURE") == "1" else per_push


def seed() -> int:
    """This run's seed: CALLEDIT_SEED, or a new one. Pytest shows it where a test fails."""
    chosen = _seed()
    print(f"CALLEDIT_SEED={chosen} gives this run again")  # noqa: T201
    return chosen


@functools.cache
def _seed() -> int:
    given = os.environ.get("CALLEDIT_SEED")
    return random.SystemRandom().randrange(10**9) if given is None else int(given)


def report(line: str) -> None:
    """A campaign's summary line; `make torture` shows it, a failing test shows it too."""
    print(f"\n{line}", flush=True)  # noqa: T201
