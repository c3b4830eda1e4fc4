"""OUT: how a message reaches a person; one folder is one channel, and channels do not know each other."""
