"""The demonstration's channel: a message is taken and goes nowhere; the outbox page shows it."""
