"""The live server: changes reach open pages as server-sent events. ASGI, one process.

`granian --interface asginl peygir.conf.live:application`. One PostgreSQL connection listens for
`peygir.look.live.announce`; each browser holds one stream and hears only the topics that its
signed token names. Only ids travel. A page that reconnects is told to refetch (`resync`).
"""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import django
import psycopg
from django.core import signing
from django.db import connection
from psycopg import sql

from peygir.look.live import CHANNEL, live_topics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
django.setup()

log = logging.getLogger("peygir.live")

PING_S = 5  # a wall that hears nothing for ten seconds says that its data is old
RECONNECT_S = 1
LISTENERS_MAX = 5_000
QUEUE_MAX = 200  # a page that falls further behind is told to refetch instead

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RESYNC = b"event: resync\ndata: {}\n\n"
PING = b"event: beat\ndata: {}\n\n"
DEAF = b": the database is away\n\n"  # keeps the stream open, but is no sign of life


@dataclass(eq=False)
class Listener:
    """One open page: the topics that it may hear and what it has not been sent yet."""

    topics: frozenset[str]
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))

    def put(self, message: bytes) -> None:
        """Queue `message`; a full queue is replaced by one resync."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = RESYNC
        self.queue.put_nowait(message)


@dataclass
class Hub:
    """Everybody who listens, and the one task that listens to the database for them."""

    listeners: set[Listener] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    hears: bool = False  # whether a change in the database would reach us now

    @property
    def ping(self) -> bytes:
        return PING if self.hears else DEAF

    def join(self, listener: Listener) -> None:
        """Add a page, and start to listen with the first one."""
        self.listeners.add(listener)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._listen_for_ever())

    def tell(self, payload: str) -> None:
        """Pass one notification to the pages that hear one of its topics."""
        try:
            message = json.loads(payload)
            topics = frozenset(message["topics"])
        except (ValueError, KeyError, TypeError):
            log.warning("A notification on %s could not be read.", CHANNEL)
            return
        for listener in self.listeners:
            heard = sorted(topics & listener.topics)
            if heard:
                body = json.dumps({"topics": heard, "ids": message.get("ids", [])})
                listener.put(f"event: changed\ndata: {body}\n\n".encode())

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("The listening connection was lost: %s.", type(error).__name__)
            self.hears = False
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self) -> None:
        parameters = await asyncio.to_thread(_connection_parameters)
        async with await psycopg.AsyncConnection.connect(
            **parameters, autocommit=True
        ) as listening:
            await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self.hears = True
            for listener in self.listeners:
                listener.put(RESYNC)  # whatever happened while nobody listened is unknown
            async for notification in listening.notifies():
                self.tell(notification.payload)


hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry: GET /live?token=… streams; /healthz answers; anything else is 404."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    if scope["method"] != "GET":
        await _answer(send, 405, "Method not allowed")
    elif scope["path"] == "/healthz":
        await _answer(send, 200, "up")
    elif scope["path"] != "/live":
        await _answer(send, 404, "Not found")
    elif len(hub.listeners) >= LISTENERS_MAX:
        await _answer(send, 503, "Too many open pages")
    else:
        await _stream(scope, receive, send)


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    query = parse_qs(scope["query_string"].decode("ascii", "replace"))
    try:
        listener = Listener(live_topics(query.get("token", [""])[0]))
    except (signing.BadSignature, ValueError, TypeError):
        await _answer(send, 403, "This page may not listen")
        return
    hub.join(listener)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await _start(send, 200, b"text/event-stream; charset=utf-8")
        # EventSource sends this header only when it comes back after a break.
        returning = any(name == b"last-event-id" for name, _ in scope["headers"])
        first = b"retry: 2000\nid: 1\n\n" + (RESYNC if returning else b"")
        await send({"type": "http.response.body", "body": first, "more_body": True})
        while not gone.done():
            await send(
                {
                    "type": "http.response.body",
                    "body": await _next(listener, gone),
                    "more_body": True,
                }
            )
    except (OSError, RuntimeError):
        return  # the page was closed in the middle of a send
    finally:
        hub.listeners.discard(listener)
        gone.cancel()


async def _next(listener: Listener, gone: asyncio.Task[None]) -> bytes:
    """The next message for a page, or a ping when nothing happened or the page has gone."""
    waiting = asyncio.create_task(listener.queue.get())
    await asyncio.wait({waiting, gone}, timeout=PING_S, return_when=asyncio.FIRST_COMPLETED)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return hub.ping


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, text: str) -> None:
    await _start(send, status, b"text/plain; charset=utf-8")
    await send({"type": "http.response.body", "body": text.encode()})


async def _start(send: Send, status: int, content_type: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        # No cookie is read here: the signed token is the only permission.
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            if hub.task:
                hub.task.cancel()
            return


def _connection_parameters() -> dict[str, Any]:
    """How Django would connect, for a plain psycopg connection."""
    parameters = connection.get_connection_params()
    for name in ("context", "cursor_factory", "prepare_threshold"):
        parameters.pop(name, None)
    return parameters
