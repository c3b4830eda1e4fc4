"""What may not be said: forbidden wording found in a text, and what a text of a kind must hold."""
