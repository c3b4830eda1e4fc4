"""Told once to end, the server ends in order, even where Python drops what the signal raises."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, time
from arrears.cli import workbench

workbench.AGAIN_SECONDS = 0.3

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        for _ in range(1000):  # whatever is raised here, Python prints and goes on
            pass

with workbench._ended_by_signal():
    thing = Dropped()
    del thing
    print("goes on", flush=True)
    try:
        time.sleep(20)
    finally:
        print("in order", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_that_is_dropped_is_given_again(name):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)],
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    assert done.stdout.split("\n") == ["goes on", "in order", ""]
    assert done.returncode == 0
    assert "Exception ignored" in done.stderr
