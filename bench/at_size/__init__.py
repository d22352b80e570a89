"""What `bench.journal` fills a ledger with, and what it measures it against."""
