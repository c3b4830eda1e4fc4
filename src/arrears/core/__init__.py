"""Meaning: what every figure is, in plain Python, one loan at a time; standard library only."""
