"""The health of a ledger and of its setup, told without changing either."""
