"""The first cut of the rules of mainland China; README.md says what is in it and what is not."""
