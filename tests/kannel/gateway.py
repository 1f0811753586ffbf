"""A real Kannel with its fake operator, for tests: configuration files and processes."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

PATIENCE_S = 120  # on a busy machine
FAKE_OPERATOR = Path("/usr/lib/kannel/test/fakesmsc")
SECRET = "a-secret-of-kannel"
SENDER = "137"

CONFIG = """
group = core
admin-port = {admin}
admin-password = nothing
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = {folder}/bearerbox.log
log-level = 0
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = operator
port = {operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {sendsms}
global-sender = {sender}
log-file = {folder}/smsbox.log
log-level = 0

group = sendsms-user
username = peygir
password = password
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
get-url = "{site}/channels/sms/in?secret={secret}&from=%p&text=%b&charset=%C&coding=%c&id=%I"
accept-x-kannel-headers = true
omit-empty = true
max-messages = 3
concatenation = true
"""


def missing() -> str:
    """Which program is not installed; "" when all are there."""
    for name in ("bearerbox", "smsbox"):
        if not (shutil.which(name) or Path("/usr/sbin", name).exists()):
            return name
    return "" if FAKE_OPERATOR.exists() else str(FAKE_OPERATOR)


@dataclass
class Gateway:
    """A running Kannel. `folder` holds its files, `operator` is the port of the fake operator."""

    folder: Path
    sendsms: int
    operator: int
    processes: list[subprocess.Popen[bytes]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        with (self.folder / f"{Path(name).name}.out").open("ab") as output:
            process = subprocess.Popen(
                [shutil.which(name, path=path) or name, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        self.processes.append(process)
        return process

    def phone_sends(self, number: str, text: str) -> None:
        """A phone with `number` writes to us: UCS-2 if it must, else the GSM alphabet."""
        kind, body = "text", text
        if not text.isascii():
            kind = "ucs2"
            body = "".join(f"%{b:02x}" for b in text.encode("utf-16-be"))
        message = f"{number} {SENDER} {kind} {body}"
        self.start(str(FAKE_OPERATOR), "-r", str(self.operator), "-m", "1", message)

    def phone_listens(self) -> None:
        """Connect the operator, so that what we send reaches a phone."""
        self.start(str(FAKE_OPERATOR), "-r", str(self.operator), "-m", "0", "1 1 text nothing")

    def received(self) -> list[str]:
        """The texts that reached phones, as the operator logged them, parts one by one."""
        texts = []
        log = self.folder / "fakesmsc.out"
        for line in log.read_text("utf-8", "replace").splitlines() if log.exists() else []:
            found = re.search(r"Got message \d+: <\S+ \S+ (\S+) (.*)>", line)
            if found:
                texts.append(_plain(found[1], found[2]))
        return texts


def _plain(kind: str, body: str) -> str:
    raw = unquote_to_bytes(body.replace("+", " "))
    if kind == "ucs-2":
        return raw.decode("utf-16-be")
    if kind == "udh":  # one part of several: its header, the word "data", its letters
        letters = unquote_to_bytes(body.partition(" data ")[2].replace("+", " "))
        return letters.decode("utf-16-be")
    return raw.decode("utf-8", "replace")


@contextmanager
def gateway(folder: Path, site: str) -> Iterator[Gateway]:
    """Kannel, told to call `site`; stopped at the end."""
    ports = dict(zip(("admin", "boxes", "sendsms", "operator"), free_ports(4), strict=True))
    config = folder / "kannel.conf"
    config.write_text(
        CONFIG.format(folder=folder, site=site, secret=SECRET, sender=SENDER, **ports)
    )
    made = Gateway(folder, ports["sendsms"], ports["operator"], [])
    try:
        made.start("bearerbox", str(config))
        wait_until(lambda: answers(ports["boxes"]) and answers(ports["operator"]))
        made.start("smsbox", str(config))
        wait_until(lambda: answers(ports["sendsms"]))
        yield made
    finally:
        for process in reversed(made.processes):
            process.terminate()
        for process in made.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], bool], what: str = "Kannel") -> None:
    until = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until, f"{what}: nothing came"
        time.sleep(0.05)
