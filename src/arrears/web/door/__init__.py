"""The door: who comes in, who leaves, and in which language."""
