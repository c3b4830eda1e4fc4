"""Arrears (逾期管理): from a bank's files to a lawful, explained, ranked day of collection work."""
