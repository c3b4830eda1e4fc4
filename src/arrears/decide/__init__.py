"""Who, when, how: decision tables that a strategy analyst edits and everyone can read; pure."""
