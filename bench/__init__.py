"""Benchmarks: each prints a ratio against a peer; never part of the tests."""
