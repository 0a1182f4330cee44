"""Made-up exports of a dealer's system: the same seed, size and date always give the same bytes."""
