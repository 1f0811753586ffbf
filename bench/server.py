"""The real web server on the bench database, as `./run` starts it: granian, WSGI, two workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote_plus

from bench.common import ROOT
from bench.load import fetch

HOST = "bench.example"
READY_S = 60

API_KEY = "a-key-of-this-measurement"


@contextmanager
def serving(port: int) -> Iterator[tuple[int, int]]:
    """Serve until the block ends; gives port and process id. Behind HTTPS, as in service."""
    environment = os.environ | {
        "PEYGIR_BASE_URL": f"https://{HOST}",
        "PEYGIR_ALLOWED_HOSTS": HOST,
        "PEYGIR_API_KEYS": f"bench:{API_KEY}",
        "DJANGO_SETTINGS_MODULE": "peygir.conf.settings",
    }
    log = ROOT / ".data" / "bench-web.log"
    log.parent.mkdir(exist_ok=True)
    command = [str(Path(sys.executable).with_name("granian")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--interface", "wsgi", "--workers", "2", "--no-ws"]
    command += ["--blocking-threads", "4", "--log-level", "warning", "peygir.conf.wsgi:application"]
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(port, child, log)
        yield port, child.pid
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _wait(port: int, child: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and child.poll() is None:
        with suppress(OSError, ValueError, IndexError):
            if fetch(port, get("/healthz"))[0] == 200:
                return
        time.sleep(0.2)
    sys.exit(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(path: str, cookies: Mapping[str, str] | None = None, address: str = "192.0.2.1") -> bytes:
    return _head("GET", path, cookies or {}, address).encode() + b"\r\n"


def post(
    path: str,
    form: Mapping[str, str],
    cookies: Mapping[str, str],
    address: str = "192.0.2.1",
) -> bytes:
    """A form with the token that Django's cross-site protection asks for."""
    token = cookies.get("peygir_csrf", "")
    given = {"csrfmiddlewaretoken": token, **form}
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in given.items()).encode()
    head = _head("POST", path, cookies, address)
    head += f"Referer: https://{HOST}{path}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def hand_over(path: str, body: bytes, key: str) -> bytes:
    """A JSON object from another system, with its key."""
    head = _head("POST", path, {}, "192.0.2.1") + f"Authorization: Bearer {key}\r\n"
    head += f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n"
    return head.encode() + body


def _head(method: str, path: str, cookies: Mapping[str, str], address: str) -> str:
    held = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"X-Forwarded-For: {address}\r\nCookie: {held}\r\n"
    )


CSRF = {"peygir_csrf": "abcdefghijklmnopqrstuvwxyzABCDEF"}


def session(username: str) -> dict[str, str]:
    """Cookies of somebody who has just signed in, made as the sign-in page makes them."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from peygir.conf.sessions import SessionStore
    from peygir.people.models import Staff

    staff = Staff.objects.get(username=username)
    store = SessionStore()
    store[SESSION_KEY] = str(staff.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    store.save()
    return {**CSRF, "peygir_session": str(store.session_key)}
