"""The rule packs: one folder each, alike inside."""
