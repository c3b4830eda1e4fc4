"""The desk: the queue, the search, and one case with all that is done on it."""
