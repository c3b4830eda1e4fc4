"""The commands: the only place with a clock, an environment and a terminal."""

from arrears.cli.app import commands, main

__all__ = ["commands", "main"]
