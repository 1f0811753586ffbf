"""A small office automation, in a process of its own: it speaks the contract, and fails on demand.

    python tests/office/automation.py PORT CONTROL_PORT TOKEN SECRET WEBHOOK

Managers act through its control port (`/act`), faults are switched on there (`/fault`), and what it
holds is looked at (`/state`). Everything that was said over HTTP is kept in `traffic`, so that a
test can hold it against docs/reference/office.openapi.json.
"""

import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SLOW_S = 1.0
CLOSES = {"answer", "forward", "return"}


class Office:
    """What it knows, and how it misbehaves now."""

    def __init__(self, port: int, token: str, secret: str, webhook: str) -> None:
        self.port, self.token, self.secret, self.webhook = port, token, secret, webhook
        self.lock = threading.Lock()
        self.fault = ""
        self.sequence = 0
        self.cards: dict[str, dict[str, Any]] = {}  # referral id -> its card in a manager's inbox
        self.keys: dict[str, int] = {}  # idempotency key -> how often it came
        self.made: list[str] = []  # every card that was ever laid into an inbox
        self.waiting: list[dict[str, Any]] = []  # messages that the other side has not taken
        self.answers: list[dict[str, Any]] = []  # what it answered to each
        self.traffic: list[dict[str, Any]] = []
        self.floor = 0  # cursors before this one are forgotten
        self.server: ThreadingHTTPServer | None = None

    def listen(self) -> None:
        if self.server is None:
            self.server = serve(self.port, Contract, self)

    def hang_up(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def put(self, identity: str, key: str, body: dict[str, Any]) -> int:
        """Take a referral as it stands; an older or repeated version changes nothing."""
        with self.lock:
            self.keys[key] = self.keys.get(key, 0) + 1
            card = self.cards.get(identity)
            if card is not None and card["version"] >= body["version"]:
                return 200
            if card is None:
                card = self.cards[identity] = {"messages": [], "state": "open"}
                self.made.append(identity)
            card |= {"version": body["version"], "body": body, "state": body["state"]}
            self._changed(card)
            return 201 if card["version"] == 1 else 200

    def changes(self, cursor: str, limit: int) -> dict[str, Any] | None:
        with self.lock:
            after = int(cursor or 0)
            if cursor and after < self.floor:
                return None
            later = sorted(
                ((i, c) for i, c in self.cards.items() if c["sequence"] > after),
                key=lambda pair: pair[1]["sequence"],
            )
            page = later[:limit]
            items = [
                {
                    "id": identity,
                    "version": card["version"],
                    "state": card["state"],
                    "messages": list(card["messages"]),
                }
                for identity, card in page
            ]
            last = str(page[-1][1]["sequence"]) if page else cursor or "0"
            return {"items": items, "cursor": last, "more": len(later) > limit}

    def act(self, message: dict[str, Any], *, tell: bool) -> list[dict[str, Any]]:
        """A manager does something here; it is told to the other side now, or later."""
        with self.lock:
            card = self.cards.get(message.get("referral", ""))
            if card is not None:
                card["messages"].append(message)
                if message["kind"] in CLOSES:
                    card["state"] = "closed"
                self._changed(card)
            self.waiting.append(message)
        return self.deliver() if tell else []

    def deliver(self) -> list[dict[str, Any]]:
        """Tell everything that waits, as the fault of the moment has it."""
        with self.lock:
            messages, self.waiting = self.waiting, []
        if self.fault == "out_of_order":
            messages.reverse()
        if self.fault == "twice":
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(self._tell, [m for m in messages for _ in range(4)]))
        return [self._tell(message) for message in messages]

    def _tell(self, message: dict[str, Any]) -> dict[str, Any]:
        content = json.dumps(message).encode()
        now = int(time.time()) - (3600 if self.fault == "clock_skew" else 0)
        secret = "somebody-elses-secret-key" if self.fault == "wrong_signature" else self.secret
        signed = hmac.new(secret.encode(), f"{now}.".encode() + content, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Office-Timestamp": str(now),
            "X-Office-Signature": f"v1={signed.hexdigest()}",
        }
        request = urllib.request.Request(self.webhook, content, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                status, body = answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            status, body = refused.code, json.loads(refused.read())
        except OSError:
            status, body = 0, {}
        if self.fault == "forgets_answers":  # it never noticed that we answered
            status, body = 0, {}
        found = {"id": message["id"], "status": status, "body": body}
        with self.lock:
            if status != 200:
                self.waiting.append(message)
            self.answers.append(found)
            self.traffic.append({"path": "/channels/office/messages", "method": "post",
                                 "request": message, "status": status, "answer": body})  # fmt: skip
        return found

    def _changed(self, card: dict[str, Any]) -> None:
        self.sequence += 1
        card["sequence"] = self.sequence


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    office: Office

    def log_message(self, *args: Any) -> None:
        """Nothing: a test reads `/state`."""

    def body(self) -> Any:
        length = int(self.headers.get("Content-Length") or 0)
        return json.loads(self.rfile.read(length) or b"{}")

    def answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Contract(Handler):
    """The documented side."""

    def do_PUT(self) -> None:
        body = self.body()
        if self._misbehaves():
            return
        identity = self.path.rsplit("/", 1)[1]
        status = self.office.put(identity, self.headers["Idempotency-Key"], body)
        if self.office.fault == "loses_answer":
            self.close_connection = True
            return
        answer = {"id": identity, "version": body["version"]}
        self._note("/referrals/{id}", "put", body, status, answer)
        self.answer(status, answer)

    def do_GET(self) -> None:
        if self._misbehaves():
            return
        query = parse_qs(urlsplit(self.path).query)
        found = self.office.changes(query.get("cursor", [""])[0], int(query["limit"][0]))
        status = 200 if found else 410
        answer = found or {"error": {"code": "gone", "fa": "x", "en": "x", "fields": {}}}
        self._note("/referrals/changes", "get", None, status, answer)
        self.answer(status, answer)

    def _misbehaves(self) -> bool:
        fault = self.office.fault
        if self.headers.get("Authorization") != f"Bearer {self.office.token}":
            self.answer(401, {"error": {"code": "token", "fa": "x", "en": "x", "fields": {}}})
        elif fault == "slow":
            time.sleep(SLOW_S)
            self.close_connection = True
        elif fault == "http_500":
            self.answer(500, {})
        elif fault == "redirect":
            self.answer(302, {}, Location="http://127.0.0.1:9/elsewhere")
        elif fault == "huge":
            self.answer(200, {"items": ["x" * 1000] * 4000, "cursor": "1"})
        elif fault == "refuses":
            self.answer(422, {"error": {"code": "no", "fa": "نه", "en": "no", "fields": {}}})
        else:
            return False
        return True

    def _note(self, path: str, method: str, request: Any, status: int, answer: Any) -> None:
        found = {"path": path, "method": method, "request": request}
        key = self.headers.get("Idempotency-Key")
        self.office.traffic.append(found | {"status": status, "answer": answer, "key": key})


class Control(Handler):
    """The tests' side."""

    def do_GET(self) -> None:
        it = self.office
        names = ("cards", "keys", "made", "waiting", "answers", "traffic")
        self.answer(200, {name: getattr(it, name) for name in names})

    def do_POST(self) -> None:
        it, body = self.office, self.body()
        match self.path:
            case "/fault":
                it.fault = body["fault"]
                it.hang_up() if it.fault == "down" else it.listen()
                self.answer(200, {})
            case "/act":
                self.answer(200, it.act(body["message"], tell=body["tell"]))
            case "/deliver":
                self.answer(200, it.deliver())
            case "/forget":
                it.cards.pop(body["id"], None)
                self.answer(200, {})
            case "/reopen":
                it.cards[body["id"]]["state"] = "open"
                it._changed(it.cards[body["id"]])
                self.answer(200, {})
            case "/forget_cursors":
                it.floor = it.sequence + 1
                self.answer(200, {})


def serve(port: int, handler: type[Handler], office: Office) -> ThreadingHTTPServer:
    named = type(handler.__name__, (handler,), {"office": office})
    server = ThreadingHTTPServer(("127.0.0.1", port), named)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def main() -> None:
    port, control, token, secret, webhook = sys.argv[1:]
    office = Office(int(port), token, secret, webhook)
    office.listen()
    serve(int(control), Control, office)
    threading.Event().wait()


if __name__ == "__main__":
    main()
