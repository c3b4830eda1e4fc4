"""The watch: compliance sees every message to a borrower, which texts may be used, and who did what."""
