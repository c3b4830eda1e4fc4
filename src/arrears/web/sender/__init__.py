"""Takes what waits in the outbox to the channels, one message at a time."""
