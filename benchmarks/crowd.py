"""People at work on the workbench, each signed in with a browser's cookies; started by workbench.py.

    python benchmarks/crowd.py < round.json

Reads what to do as JSON and plays it with one thread and one connection for each person. Prints a line when
everybody has signed in, then, as JSON, what every page took. It knows the workbench by its pages only, as a
browser does, and needs nothing but the standard library: it imports no line of ours.
"""

import json
import random
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ONCE = re.compile(r'name="once" value="([^"]+)"')
CASE = re.compile(r'href="/case/(\d+)/"')
BORROWER = re.compile(r'text-secondary d-block">([^<]+)</span></td>')
GIVEN = re.compile(r"^/case/(\d+)/$")
OUTCOMES = ("no_answer", "call_back", "refused", "difficulty", "paid", "third_person")
FINE = (200, 302, 409)  # 409: a colleague was faster


class Stopped(Exception):
    """The round is over."""


class Person:
    """One person: cookies, a connection, and what each of their pages took."""

    def __init__(self, asked: dict[str, Any], username: str, seed: int) -> None:
        self.asked, self.username = asked, username
        self.draw = random.Random(seed)
        self.cookies: dict[str, str] = {}
        self.connection = HTTPConnection("127.0.0.1", asked["port"], timeout=120)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []
        self.conflicts = self.recorded = 0
        self.given: list[int] = []
        self.until = self.due = float("inf")

    def ask(self, page: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """The page's text and where it sends the browser on; counted under `page` unless that is empty."""
        self._pause()
        began = time.perf_counter()
        try:
            status, text, onward = self._sent(path, form)
        except (HTTPException, OSError) as error:
            self.connection.close()
            self.failed.append(f"{page} {path}: {error!r}")
            return "", ""
        if page:
            self.took[page].append(time.perf_counter() - began)
        if status == 409:
            self.conflicts += 1
        if status not in FINE:
            self.failed.append(f"{page} {path}: {status}")
        return text, onward

    def sign_in(self) -> None:
        """The door is open. Raises: Stopped."""
        text, _ = self.ask("", "/sign-in/")
        named = {"username": self.username, "password": self.asked["password"], "next": "/"}
        _, onward = self.ask("", "/sign-in/", named | {"csrfmiddlewaretoken": found(CSRF, text)})
        if not onward:
            self.failed.append(f"{self.username} is not let in")
            raise Stopped

    def collect(self) -> None:
        """One turn of a collector: the queue, now and then a search, the next case, what came of it."""
        queue, _ = self.ask("queue", "/work/")
        borrowers = BORROWER.findall(queue)
        if borrowers and self.draw.random() < 0.5:
            words = urlencode({"q": self.draw.choice(borrowers)})
            self.ask("search", f"/search/?{words}")
        _, onward = self.ask("take next", "/work/next/", form_of(queue))
        for _case in range(self.draw.randint(1, 4)):
            case_id = self._given(onward)
            if not case_id:
                return
            case, _ = self.ask("case", onward)
            then = "next" if self.draw.random() < 0.5 else "stay"
            said = {"outcome": self.draw.choice(OUTCOMES), "channel": "call", "then": then}
            form = form_of(case) | said | {"note": "已说明还款方式"}
            _, onward = self.ask("record outcome", f"/case/{case_id}/outcome/", form)
            self.recorded += bool(onward)
            if then == "stay":
                self.ask("case", f"/case/{case_id}/")
                return

    def lead(self) -> None:
        """One turn of a supervisor: the floor, the queue, one of its cases."""
        self.ask("floor", "/team/")
        queue, _ = self.ask("queue", "/work/")
        if cases := CASE.findall(queue):
            self.ask("case", f"/case/{self.draw.choice(cases)}/")

    def look(self) -> None:
        """The cheapest page behind the door."""
        self.ask(self.asked["floor"], self.asked["floor"])

    def work(self, start: threading.Barrier) -> None:
        """Signed in, and at work from the moment when everybody is, until the round is over."""
        try:
            self.sign_in()
        except Stopped:
            start.abort()
            return
        turn = self._turn()
        try:
            start.wait()
        except threading.BrokenBarrierError:  # somebody was not let in: no round
            return
        began = time.monotonic()
        self.until = began + self.asked["seconds"]
        self.due = began + self.draw.random() * self.asked["think"]
        try:
            while True:
                turn()
        except Stopped:
            self.connection.close()

    def _turn(self) -> Callable[[], None]:
        if self.asked["floor"]:
            return self.look
        return self.lead if self.username.startswith("lead") else self.collect

    def _pause(self) -> None:
        """The moment of the next request has come: at once, or evenly paced. Raises: Stopped."""
        if self.asked["think"] and self.due < float("inf"):
            time.sleep(max(self.due - time.monotonic(), 0))
            self.due += self.asked["think"]
        if time.monotonic() >= self.until:
            raise Stopped

    def _given(self, onward: str) -> int:
        match = GIVEN.match(onward)
        if not match:
            return 0
        case_id = int(match[1])
        if case_id not in self.given:
            self.given.append(case_id)
        return case_id

    def _sent(self, path: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location", "")


def found(what: re.Pattern[str], text: str) -> str:
    """What stands in the page, or nothing."""
    match = what.search(text)
    return match[1] if match else ""


def form_of(text: str) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    return {"csrfmiddlewaretoken": found(CSRF, text), "once": found(ONCE, text)}


def main() -> None:
    asked = json.load(sys.stdin)
    people = [Person(asked, name, asked["seed"] + n) for n, name in enumerate(asked["people"])]
    marks: list[tuple[float, float]] = []

    def begin() -> None:
        marks.append((time.monotonic(), time.process_time()))
        print("begun", flush=True)  # whoever measures the server starts here

    start = threading.Barrier(len(people), action=begin)
    threads = [threading.Thread(target=person.work, args=(start,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for page, seconds in person.took.items():
            took[page] += seconds
    began, cpu = marks[0] if marks else (time.monotonic(), time.process_time())
    told = {
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - cpu,
        "took": took,
        "failed": [line for person in people for line in person.failed],
        "conflicts": sum(person.conflicts for person in people),
        "recorded": sum(person.recorded for person in people),
        "given": {person.username: person.given for person in people},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
