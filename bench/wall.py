"""How long an urgent message takes to every screen: python -m bench.wall.

Two hundred walls listen to the live server and fetch their board whenever it tells of a change,
while an operator registers urgent messages by the console. Timed from the moment that the form is
sent: until each wall is told, and until its board with the message has arrived.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.common import ROOT, machine, manage, percentile, prepare_django
from bench.load import fetch
from bench.server import HOST, free_port, get, post, serving, session

DATABASE: Final = "peygir_bench_wall"
BOARD: Final = "/desk/operations/board/"
OPEN: Final = 30  # urgent messages that hang on the wall already
PEOPLE: Final = 12  # who watch, each with posts of their own and several screens
TARGET_S: Final = 3.0
PATIENCE_S: Final = 30  # after that a wall has not shown a message at all


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--city", default="isfahan", help="one that has an urgent lane")
    parser.add_argument("--walls", type=int, default=200)
    parser.add_argument("--messages", type=int, default=20)
    options = parser.parse_args()
    os.environ.setdefault("PEYGIR_DB_NAME", DATABASE)
    prepare_django()
    manage("migrate", "--verbosity", "0", "--skip-checks")
    manage("load_city", "--skip-checks", options.city)
    form = _prepare()
    live_port = free_port()
    os.environ["PEYGIR_LIVE_URL"] = f":{live_port}/live"
    with _live(live_port), serving(free_port()) as (port, _):
        before = machine()
        room = Room(port=port, live_port=live_port)
        crowd = [session(f"wall-{n % PEOPLE}") for n in range(options.walls)]
        operator = session("wall-operator")
        asyncio.run(room.measure(crowd, operator, options.messages, form))
    print(room.line("told", room.told, options.walls, before))
    print(room.line("on the screen", room.shown, options.walls, before))


@dataclass(kw_only=True)
class Room:
    """All walls, and what each waited for every message: seconds."""

    port: int
    live_port: int
    told: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    sent_at: float = 0.0
    waiting: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def measure(
        self,
        crowd: list[dict[str, str]],
        operator: dict[str, str],
        messages: int,
        form: dict[str, str],
    ) -> None:
        """`crowd`: the cookies of every wall; `operator`: of who registers."""
        tasks = [asyncio.create_task(self.watch(held)) for held in crowd]
        self.waiting = len(crowd)
        await self.done.wait()
        for n in range(messages):
            self.waiting = len(crowd)
            self.done.clear()
            self.sent_at = time.perf_counter()
            words = form | {"phone": f"0900000{n:04}", "words": f"{form['words']} {n}"}
            asked = post("/desk/console/", words, operator)
            status, headers, _ = await asyncio.to_thread(fetch, self.port, asked)
            assert status == 302, (status, headers)
            await asyncio.wait_for(self.done.wait(), PATIENCE_S)
            await asyncio.sleep(1)
        for task in tasks:
            task.cancel()

    async def watch(self, cookies: dict[str, str]) -> None:
        """One wall: its stream, and a connection of its own that is kept for boards."""
        from peygir.boards.urgency import TOPIC
        from peygir.look.live import live_token

        ask, answer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        have = _newest(await _board(ask, answer, cookies, 0))
        source, sink = await asyncio.open_connection("127.0.0.1", self.live_port)
        head = f"GET /live?token={live_token([TOPIC])} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
        sink.write(head.encode())
        self.count()
        async for line in source:
            if line != b"event: changed\n":
                continue
            told = time.perf_counter() - self.sent_at
            board = await _board(ask, answer, cookies, have)
            newest = _newest(board)
            if newest > have:
                have = newest
                self.told.append(told)
                self.shown.append(time.perf_counter() - self.sent_at)
                self.count()

    def count(self) -> None:
        self.waiting -= 1
        if not self.waiting:
            self.done.set()

    def line(self, what: str, seconds: list[float], walls: int, before: str) -> str:
        p50, p95 = (percentile(seconds, share) for share in (0.5, 0.95))
        return (
            f"{walls} walls, {len(seconds) // walls} urgent messages, {what}: p50 {p50:.2f} s, "
            f"p95 {p95:.2f} s, longest {max(seconds):.2f} s (target p95 {TARGET_S:.0f} s; {before})"
        )


async def _board(ask: Any, answer: Any, cookies: dict[str, str], have: int) -> bytes:
    answer.write(get(f"{BOARD}?have={have}", cookies))
    head = await ask.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head[:200]
    length = next(p for p in head.lower().split(b"\r\n") if p.startswith(b"content-length:"))
    return bytes(await ask.readexactly(int(length.split(b":")[1])))


def _newest(board: bytes) -> int:
    """Number of the newest event on the board."""
    return max((int(part.split(b'"')[0]) for part in board.split(b'data-event="')[1:]), default=0)


def _prepare() -> dict[str, str]:
    """People at their posts, messages on the wall; gives the console's form of one more."""
    from datetime import UTC, datetime, timedelta

    from peygir.boards.models import Urgency
    from peygir.cases import policies
    from peygir.cases.register import Report, register
    from peygir.ledger.entry import SYSTEM
    from peygir.people.models import Staff, Tenure

    policy, now = policies.current(), datetime.now(UTC)
    assert policy.urgent is not None, "this city has no urgent lane"
    posts = policy.organisation.posts.values()
    watch = [p.code for p in posts if {"operations", "supervisor", "mayor"} & {*p.roles}]
    desk = next(p.code for p in posts if "reception" in p.roles)
    names = {f"wall-{n}": watch[n % len(watch)] for n in range(PEOPLE)} | {"wall-operator": desk}
    for name, code in names.items():
        if not Staff.objects.filter(username=name).exists():
            person = Staff.objects.create_user(name, None, fa=name)
            Tenure.objects.create(post_id=code, staff=person, since=now - timedelta(days=1))
    ground, category = next(iter(policy.urgent.grounds)), next(iter(policy.categories))
    district = next(iter(policy.organisation.districts))
    given: dict[str, Any] = {"category": category, "district": district}
    words = "Cable on the pavement, sparks, next to a school"
    for _ in range(OPEN - Urgency.objects.filter(ended_at=None).count()):
        report = Report(words=words, channel="phone", urgent=ground, **given)
        register(policy=policy, report=report, actor=SYSTEM, at=now)
    kind = next(iter(policy.kinds))
    form = {"do": "register", "words": words, "kind": kind, "channel": "phone", "urgent": ground}
    return form | {"category": category, "district": str(district), "address": "12 Spring Street"}


@contextmanager
def _live(port: int) -> Iterator[None]:
    """The live server, as `./run` starts it."""
    command = [str(Path(sys.executable).with_name("granian")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--interface", "asginl", "--workers", "1"]
    command += ["--log-level", "warning", "peygir.conf.live:application"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "peygir.conf.settings"}
    child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        for _ in range(300):
            with suppress(OSError):
                if fetch(port, get("/healthz"))[0] == 200:
                    break
            time.sleep(0.1)
        yield
    finally:
        child.terminate()
        child.wait(10)


if __name__ == "__main__":
    main()
