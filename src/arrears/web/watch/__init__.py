"""The watch: compliance sees every message to a borrower, and which texts may be used."""
