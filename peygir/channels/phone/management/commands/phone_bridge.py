"""`manage.py phone_bridge`: listen to an Asterisk exchange and show who calls."""

import logging
import signal
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from peygir.channels.phone import ami
from peygir.channels.phone.calls import told

log = logging.getLogger("peygir.phone")

RECONNECT_S: Final = (1, 2, 5, 15, 60)


class Command(BaseCommand):
    """Connect, pass on what rings, connect again when the exchange goes away, until SIGTERM."""

    help = "Show calls of the Asterisk exchange at PEYGIR_AMI_URL on operators' screens."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        if not settings.PEYGIR_AMI_URL:
            raise CommandError("PEYGIR_AMI_URL is not set: there is no exchange to listen to.")
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        run(settings.PEYGIR_AMI_URL, stop)


def run(url: str, stop: threading.Event, *, timeout_s: float = 2) -> None:
    """Listen until `stop`; wait longer after each failure in a row."""
    failures = 0
    while not stop.is_set():
        try:
            for event in ami.events(url, timeout_s=timeout_s):
                failures = 0
                if stop.is_set():
                    return
                if event:
                    _note(event)
        except ami.NoExchange as reason:
            log.warning("The exchange is not there (%s).", reason)
            stop.wait(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)])
            failures += 1


def _note(event: ami.Event) -> None:
    ring = ami.ring_of(event)
    if ring is None:
        return
    close_old_connections()
    try:
        told(ring, at=datetime.now(UTC))
    except DatabaseError:  # a call that is not shown is better than a bridge that has died
        log.exception("A call could not be noted.")
