"""Tests of the terminal app, played by keys."""
