"""How news comes in: fetch, guard, parse, clean, schedule, poll."""
