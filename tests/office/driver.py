"""Starting the office automation of the tests, and speaking to its control port."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.kannel.gateway import answers, free_ports, wait_until

PROGRAM = Path(__file__).with_name("automation.py")
TOKEN = "a-token-of-the-office-automation"
SECRET = "a-secret-that-both-sides-know"


class Automation:
    """The running process. `url` is its side of the contract."""

    def __init__(self, port: int, control: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._control = f"http://127.0.0.1:{control}"

    def fault(self, name: str) -> None:
        """Misbehave like that from now on; "" behaves again."""
        self._post("/fault", fault=name)

    def say(self, kind: str, referral: str, *, tell: bool = True, **fields: Any) -> Any:
        """A manager does something over there; gives our answers, if it was told to us."""
        message: dict[str, Any] = {
            "id": f"m-{uuid4()}",
            "kind": kind,
            "at": datetime.now(UTC).isoformat(),
            "post": "d3-civil-head",
            "personnel_number": "1001",
        }
        message |= {"referral": referral} if referral else {}
        return self._post("/act", message=message | fields, tell=tell)

    def deliver(self) -> Any:
        """Tell us everything that waits over there; gives our answers."""
        return self._post("/deliver")

    def forget(self, referral: str) -> None:
        self._post("/forget", id=referral)

    def reopen(self, referral: str) -> None:
        self._post("/reopen", id=referral)

    def forget_cursors(self) -> None:
        self._post("/forget_cursors")

    def state(self) -> Any:
        with urllib.request.urlopen(self._control, timeout=10) as answer:
            return json.loads(answer.read())

    def open_cards(self) -> list[str]:
        return [i for i, card in self.state()["cards"].items() if card["state"] == "open"]

    def _post(self, path: str, **body: Any) -> Any:
        content = json.dumps(body).encode()
        request = urllib.request.Request(self._control + path, content, method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


@contextmanager
def running(site: str) -> Iterator[Automation]:
    """The office automation, told to call `site`; stopped at the end."""
    port, control = free_ports(2)
    webhook = f"{site}/channels/office/messages"
    command = [sys.executable, str(PROGRAM), str(port), str(control), TOKEN, SECRET, webhook]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port) and answers(control), "office automation")
        yield Automation(port, control)
    finally:
        process.terminate()
        process.wait(10)
