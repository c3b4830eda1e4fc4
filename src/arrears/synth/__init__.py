"""Made-up: seeded loan books of any size that nobody can mistake for a bank's."""
