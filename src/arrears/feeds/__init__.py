"""Feeds: a bank's files become the declared tables of the book, and nothing is lost on the way."""
