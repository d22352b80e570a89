"""Resolved predictions → scores: pure functions on a small table."""
