"""How facts are shown on a page."""
