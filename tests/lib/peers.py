"""Real programs at the other end: a private Postfix and a private Kannel on high ports of this machine.

Each has its configuration and its files in a folder of its own; nothing of the system's is read,
written or started. What is not installed is skipped with a reason (and fails where CI=true).
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

PATIENCE_S = 30
LOOPBACK = "127.0.0.1"
BESIDE = ("/usr/sbin", "/usr/lib/kannel/test", "/usr/lib/postfix/sbin")


def program(name: str, package: str) -> str:
    """The path of an installed program; the test is skipped when there is none."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *BESIDE)))
    if not found:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return str(found)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])


def wait_for(what: str, true: Callable[[], Any], *, patience_s: float = PATIENCE_S) -> Any:
    """What `true` said when it first said something; the test fails when it never does."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    return pytest.fail(f"{what}: not within {patience_s:g} s")


def listening(port: int) -> bool:
    """Somebody takes connections on this port."""
    with socket.socket() as caller:
        return caller.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """A folder that programs under other users may enter; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"arrears-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program runs; what it prints is in the log; it has ended afterwards."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


# ---- Postfix ---------------------------------------------------------------------------------------
MAILBOXES = {"zhang@example.test": "zhang/", "bounce@bank.test": "bounce/"}
REFUSALS = {"gone@example.test": "550 5.1.1 gone", "later@example.test": "450 4.2.0 later"}
NOBODY = 65534
MAIN_CF = """
compatibility_level = 3.6
queue_directory = {here}/spool
data_directory = {here}/data
command_directory = {sbin}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.bank.test
mydestination =
mynetworks = 127.0.0.0/8
maillog_file = {here}/mail.log
maillog_file_prefixes = {here}
virtual_mailbox_domains = example.test, bank.test
virtual_mailbox_base = {here}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
recipient_delimiter = +
local_recipient_maps =
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {refusals} }},
  permit_mynetworks, reject
default_transport = error:nothing leaves this machine
smtpd_tls_security_level = may
smtpd_tls_cert_file = {here}/cert.pem
smtpd_tls_key_file = {here}/key.pem
"""
SERVICES = """
pickup fifo 60 1 pickup
cleanup unix - 0 cleanup
qmgr unix 300 1 qmgr
tlsmgr unix 1000? 1 tlsmgr
rewrite unix - - trivial-rewrite
bounce unix - 0 bounce
defer unix - 0 bounce
trace unix - 0 bounce
proxymap unix - - proxymap
error unix - - error
retry unix - - error
virtual unix - - virtual
anvil unix - 1 anvil
postlog unix-dgram - 1 postlogd
"""
PRIVILEGED = {"virtual"}  # it becomes the mailbox's owner itself
PUBLIC = {"pickup", "cleanup", "qmgr"}


@dataclass(frozen=True)
class Postfix:
    """A running relay; `certificate` is its own, signed by itself."""

    port: int
    folder: Path
    certificate: Path

    def mails(self, box: str, key: str) -> list[EmailMessage]:
        """The mails in a mailbox that name the key."""
        files = sorted((self.folder / "mail" / box / "new").glob("*"))
        texts = [file.read_bytes() for file in files]
        return [message_from_bytes(t, policy=policy.default) for t in texts if key.encode() in t]


@contextmanager
def postfix() -> Iterator[Postfix]:
    """A private Postfix runs, with a mailbox for a borrower and one for what bounces."""
    control = program("postfix", "postfix")
    openssl = program("openssl", "openssl")
    daemons = str(Path(program("smtpd", "postfix")).parent)
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only")
    with open_folder("postfix") as here:
        for name in ("spool", "data", "mail", "conf"):
            (here / name).mkdir()
        shutil.chown(here / "data", "postfix")
        os.chown(here / "mail", NOBODY, NOBODY)
        _certificate(openssl, here)
        port = free_port()
        tables = {"boxes": _inline(MAILBOXES), "refusals": _inline(REFUSALS)}
        folders = {"here": here, "sbin": Path(control).parent, "daemons": daemons}
        (here / "conf" / "main.cf").write_text(MAIN_CF.format(nobody=NOBODY, **tables, **folders))
        (here / "conf" / "master.cf").write_text(_services(port))
        _postfix(control, here, "start")
        try:
            wait_for("Postfix listens", lambda: listening(port))
            yield Postfix(port, here, here / "cert.pem")
        finally:
            _postfix(control, here, "stop")


def _inline(table: dict[str, str]) -> str:
    return ", ".join(f"{{{key}={value}}}" for key, value in table.items())


def _services(port: int) -> str:
    lines = [f"{LOOPBACK}:{port} inet n - n - - smtpd"]
    for line in SERVICES.strip().splitlines():
        name, kind, wake, most, command = line.split()
        kind = "unix" if kind == "fifo" else kind
        private = "n" if name in PUBLIC or kind == "unix-dgram" else "-"
        unprivileged = "n" if name in PRIVILEGED else "-"
        lines.append(f"{name} {kind} {private} {unprivileged} n {wake} {most} {command}")
    return "\n".join(lines) + "\n"


def _postfix(control: str, here: Path, order: str) -> None:
    done = subprocess.run(
        [control, "-c", here / "conf", order], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def _certificate(openssl: str, here: Path) -> None:
    """A certificate for this machine, signed by itself, good for two days."""
    order = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=relay.bank.test"
    names = ["-addext", f"subjectAltName=IP:{LOOPBACK}"]
    files = ["-keyout", str(here / "key.pem"), "-out", str(here / "cert.pem")]
    subprocess.run([openssl, *order.split(), *names, *files], check=True, capture_output=True)


# ---- Kannel ----------------------------------------------------------------------------------------
KANNEL_CONF = """
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = not-a-secret
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
log-file = "{here}/bearerbox.log"
log-level = 0
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = carrier
port = {carrier}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = "127.0.0.1"
sendsms-port = {sendsms}
log-file = "{here}/smsbox.log"
log-level = 0

group = sendsms-user
username = arrears
password = not-a-secret
user-allow-ip = "127.0.0.1"
max-messages = 5
concatenation = true

group = sms-service
keyword = default
catch-all = true
{answer}
max-messages = 0
"""
GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (?:udh \S+ )?(text|ucs-2|data) (.*)>")


@dataclass
class Kannel:
    """A running gateway; its carrier is Kannel's own fakesmsc, which prints what it gets."""

    folder: Path
    bearerbox: subprocess.Popen[bytes]
    sendsms: int
    carrier: int
    reports: list[str] = field(default_factory=list)
    report_port: int = 0

    @contextmanager
    def carried(self, *, says: str = "1 2 text hello") -> Iterator[None]:
        """A carrier is connected meanwhile, and brings one text: from whom, to whom, text, the words."""
        fakesmsc = program("fakesmsc", "kannel-extras")
        call = f"-H {LOOPBACK} -r {self.carrier} -m 1 -v 0".split()
        with running([fakesmsc, *call, says], self.folder / "carrier.log"):
            self.await_line("carrier.log", "sent message 1")
            yield

    def await_line(self, log: str, words: str) -> None:
        """The log holds these words."""
        path = self.folder / log
        wait_for(f"{words} in {log}", lambda: words in path.read_text("utf-8", "replace"))

    def got(self) -> list[tuple[str, str, str]]:
        """What the carrier got so far, part by part: from, to, text."""
        log = (self.folder / "carrier.log").read_text("utf-8", "replace")
        return [
            (sender, to, text if form == "text" else _utf16(text))
            for sender, to, form, text in GOT.findall(log)
        ]


@contextmanager
def kannel(*, reply_url: str = "") -> Iterator[Kannel]:
    """A private bearerbox and smsbox run, without a carrier; delivery reports are listened for.

    `reply_url` is asked for with each text that comes in.
    """
    bearerbox, smsbox = program("bearerbox", "kannel"), program("smsbox", "kannel")
    with open_folder("kannel") as here, reports() as (report_port, heard):
        names = ("admin", "boxes", "carrier", "sendsms")
        ports = {name: free_port() for name in names}
        conf = here / "kannel.conf"
        answer = f'get-url = "{reply_url}"' if reply_url else 'text = "no"'
        conf.write_text(KANNEL_CONF.format(here=here, answer=answer, **ports))
        with running([bearerbox, str(conf)], here / "bearerbox.out") as process:
            wait_for("bearerbox listens", lambda: listening(ports["boxes"]))
            with running([smsbox, str(conf)], here / "smsbox.out"):
                wait_for("smsbox listens", lambda: listening(ports["sendsms"]))
                yield Kannel(here, process, ports["sendsms"], ports["carrier"], heard, report_port)


@contextmanager
def reports() -> Iterator[tuple[int, list[str]]]:
    """A page that notes with which queries it is called."""
    heard: list[str] = []

    class Report(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path.partition("?")[2])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer((LOOPBACK, 0), Report) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1], heard
        finally:
            server.shutdown()


def _utf16(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-16-be", "replace")
