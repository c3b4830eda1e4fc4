"""Overnight: the numbered steps that turn the book as known on a day into that day's run."""
