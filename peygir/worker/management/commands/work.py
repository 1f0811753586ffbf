"""`manage.py work`: the worker, until SIGTERM. Several may run; each deadline still fires once."""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from peygir.worker import loop, turns


class Command(BaseCommand):
    """Fire deadlines, end pauses, send notices, and check hourly that nothing is forgotten."""

    help = "Fire deadlines and deliver notices until SIGTERM; --once stops when nothing is due."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` for a cron job."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Run the loops; finish the turn that is going on before ending."""
        if once:
            doors = [import_string(path) for path, _ in settings.TURNS]
            for turn in (turns.clocks, turns.digests, turns.notices, *doors, turns.sealing):
                while turn():
                    pass
            return
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        loop.run(loop.jobs(), stop)
