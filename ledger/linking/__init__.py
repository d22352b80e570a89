"""Items ↔ predictions: candidates by words, ranked, with the reason beside them."""
