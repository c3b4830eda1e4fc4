"""A PostgreSQL of a test's own, that the test may stop and start again; gone afterwards."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lib.peers import LOOPBACK, free_port, open_folder


@dataclass(frozen=True)
class Server:
    """A server; `as_user` is how to become somebody who may run it."""

    bin: Path
    folder: Path
    port: int
    as_user: tuple[str, ...]

    def address(self, name: str = "postgres") -> str:
        """What ARREARS_DATABASE says for one of its databases."""
        return f"postgresql://arrears@{LOOPBACK}:{self.port}/{name}"

    def start(self) -> None:
        """It answers."""
        said = f"-p {self.port} -k {self.folder} -c listen_addresses={LOOPBACK}"
        self.order("start", "-l", str(self.folder / "log"), "-o", said)

    def stop(self) -> None:
        """It is gone, in the middle of whatever it did."""
        self.order("stop", "-m", "immediate")

    def order(self, *words: str) -> None:
        """The server's own control program has done as it was told."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", *words)

    def run(self, program: str, *words: str) -> None:
        """A program of the server's has ended well, under a user who may run it."""
        command = [*self.as_user, str(self.bin / program), *words]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def postgres() -> Iterator[Server]:
    """A private server runs on a high port, and keeps what it was told as a real one does."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = found or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    root = os.geteuid() == 0
    with open_folder("postgres") as here:
        if root:
            shutil.chown(here, "postgres")
        as_user = ("runuser", "-u", "postgres", "--") if root else ()
        server = Server(found[-1].parent, here, free_port(), as_user)
        data = str(here / "data")
        server.run("initdb", "-D", data, "-A", "trust", "-U", "arrears", "-E", "UTF8", "-N")
        server.start()
        try:
            yield server
        finally:
            server.order("stop", "-m", "immediate")
