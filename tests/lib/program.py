"""The program as a bank runs it: in a process of its own, with an environment of its own."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from tests.lib.peers import LOOPBACK, free_port, listening, wait_for

ARREARS = (sys.executable, "-c", "from arrears.cli import main; main()")


def noon() -> str:
    """A zone in which it is noon at this moment, when people may be contacted."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def arrears(*words: object, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What the program said to these words."""
    told = {**os.environ, **environ}
    command = [*ARREARS, *map(str, words)]
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=120)


@dataclass(frozen=True)
class Page:
    """What a server answered."""

    status: int
    text: str


class Browser:
    """Somebody who keeps cookies and sends forms."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.headers = dict(headers or {})
        self.root = f"http://{LOOPBACK}:{port}"
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Page:
        """The page."""
        return self._asked(urllib.request.Request(self.root + path, headers=self.headers))

    def post(self, path: str, **form: str) -> Page:
        """The page after a form."""
        token = next((c.value for c in self.jar if c.name == "csrftoken"), "")
        told = urlencode({"csrfmiddlewaretoken": token, **form}).encode()
        return self._asked(urllib.request.Request(self.root + path, told, self.headers))

    def health(self) -> tuple[int, dict[str, str]]:
        """What whoever watches over it is told."""
        page = self.get("/health")
        return page.status, json.loads(page.text)

    def sign_in(self, username: str, password: str) -> Page:
        """The page after the door."""
        self.get("/sign-in/")
        return self.post("/sign-in/", username=username, password=password)

    def _asked(self, request: urllib.request.Request) -> Page:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Page(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.read().decode())


@dataclass(frozen=True)
class Serving:
    """A workbench that serves."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.process.terminate()
        return self.process.wait(40)


@contextmanager
def serving(
    home: Path, *words: str, environ: Mapping[str, str], port: int = 0
) -> Iterator[Serving]:
    """`arrears serve` answers, at that port or at one that is free; it is gone afterwards."""
    port, log = port or free_port(), home.parent / f"serve-{free_port()}.log"
    command = [*ARREARS, "serve", "--home", str(home), "--port", str(port), *words]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=out, stderr=out, start_new_session=True
        )
        try:
            wait_for("the workbench answers", lambda: process.poll() is None and listening(port))
            wait_for("its pages", lambda: Browser(port).health()[0] == 200)
            yield Serving(process, port, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()
