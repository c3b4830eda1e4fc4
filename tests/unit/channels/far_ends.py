"""A mail relay and an SMS gateway on this machine that behave as a test asks for."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from arrears.channels.rehearsal import FarEnd

HANG_UP, SILENCE = "hang up", "silence"
LATE_S = 0.3

RELAY = {
    "GREETING": "220 relay",
    "EHLO": "250-relay\r\n250 8BITMIME",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 Ok: queued as 4F7A",
    "QUIT": "221 bye",
}
RELAY_AS = {
    FarEnd.ACCEPTS: {},
    FarEnd.ANSWERS_LATE: {},
    FarEnd.REFUSES: {"RCPT": "550 5.1.1 unknown"},
    FarEnd.REFUSES_FOR_NOW: {"RCPT": "451 4.7.1 greylisted"},
    FarEnd.KEEPS_SILENT: {"GREETING": SILENCE},
    FarEnd.HANGS_UP: {"DATA": HANG_UP},
    FarEnd.TAKES_AND_HANGS_UP: {"DOT": HANG_UP},
    FarEnd.TAKES_AND_KEEPS_SILENT: {"DOT": SILENCE},
    FarEnd.TAKES_AND_MUMBLES: {"DOT": "well, perhaps"},
}
GATEWAY_AS = {
    FarEnd.ACCEPTS: (202, "0: Accepted for delivery"),
    FarEnd.ANSWERS_LATE: (202, "0: Accepted for delivery"),
    FarEnd.REFUSES: (400, "Missing receiver number, rejected"),
    FarEnd.REFUSES_FOR_NOW: (429, "Slower, please"),
    FarEnd.TAKES_AND_MUMBLES: (500, "Something went wrong"),
}


class _Relay(socketserver.StreamRequestHandler):
    """One SMTP conversation; a mail is taken at the single dot, before it is answered."""

    server: "_RelayServer"

    def handle(self) -> None:
        if self.says("GREETING"):
            while line := self.rfile.readline():
                verb = line.split()[0].decode().upper() if line.strip() else "?"
                if not self.says(verb) or verb == "QUIT" or not self.takes(verb):
                    return

    def takes(self, verb: str) -> bool:
        if verb != "DATA" or not self.server.answers["DATA"].startswith("354"):
            return True
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line.removeprefix(b"."))
        if self.server.answers["DOT"][0] not in "45":
            self.server.taken.append(b"".join(lines))
        return self.says("DOT")

    def says(self, verb: str) -> bool:
        answer = self.server.answers.get(verb, "500 what?")
        time.sleep(self.server.late_s)
        if answer == SILENCE:
            self.rfile.read()  # until the other side goes
        if answer in (SILENCE, HANG_UP):
            return False
        self.server.heard.append(verb)
        self.wfile.write(answer.encode() + b"\r\n")
        return True


class _RelayServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, answers: dict[str, str], late_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.answers = RELAY | answers
        self.late_s = late_s
        self.taken: list[bytes] = []
        self.heard: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no trouble of the relay's."""


class Gateway(BaseHTTPRequestHandler):
    """One request; a text is taken when it is read whole, before it is answered."""

    server: "GatewayServer"

    def parse_request(self) -> bool:
        if self.server.far_end is FarEnd.KEEPS_SILENT:
            self.rfile.read()
        if self.server.far_end in (FarEnd.KEEPS_SILENT, FarEnd.HANGS_UP):
            return False
        return super().parse_request()

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.settle({name: values[0] for name, values in query.items()})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        prefix = "x-kannel-"
        fields = {
            name.lower().removeprefix(prefix): value
            for name, value in self.headers.items()
            if name.lower().startswith(prefix)
        }
        self.settle(fields | {"text": text})

    def settle(self, fields: dict[str, str]) -> None:
        far_end = self.server.far_end
        status, words = self.server.answer or GATEWAY_AS.get(far_end, (0, ""))
        if not 300 <= status < 500:
            self.server.taken.append(fields)
        if far_end is FarEnd.TAKES_AND_KEEPS_SILENT:
            self.rfile.read()
        time.sleep(LATE_S if far_end is FarEnd.ANSWERS_LATE else 0)
        if status:
            self.send_response(status)
            self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *words: object) -> None:
        """Nothing is printed."""


class GatewayServer(ThreadingHTTPServer):
    daemon_threads = True
    handler: type[Gateway] = Gateway

    def __init__(self, far_end: FarEnd, answer: tuple[int, str] | None) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.far_end = far_end
        self.answer = answer
        self.taken: list[dict[str, str]] = []

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # http.server would ask for this host's name

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no trouble of the gateway's."""


@contextmanager
def relay(*, late_s: float = 0, **answers: str) -> Iterator[_RelayServer]:
    """A mail relay that answers these verbs otherwise than friendly."""
    with running(_RelayServer(answers, late_s)) as server:
        yield server


@contextmanager
def gateway(
    far_end: FarEnd = FarEnd.ACCEPTS, *, answer: tuple[int, str] | None = None
) -> Iterator[GatewayServer]:
    """An SMS gateway that behaves so, or gives this answer to everything."""
    with running(GatewayServer(far_end, answer)) as server:
        yield server


@contextmanager
def nobody() -> Iterator[int]:
    """A port on which nobody listens."""
    server = socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler)
    port = server.server_address[1]
    server.server_close()
    yield int(port)


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
