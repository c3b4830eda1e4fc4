"""The ledger's tables as they grew."""
