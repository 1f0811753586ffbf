"""manage.py simulate: the simulated city goes on living, in real time, until it is stopped."""

import signal
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from peygir.cases import policies
from peygir.demo import cast, recall, switch, texts
from peygir.demo.life import Life
from peygir.demo.models import Simulator
from peygir.demo.moves import ARRIVAL, Move
from peygir.demo.town import Town

TICK_S: Final = 2.0
LOOK_AGAIN: Final = timedelta(minutes=10)  # how often cases that people moved are planned anew
SECOND_CALLS: Final = 0.3  # in a round, while more of them wait than are left to people
PER_HOUR_MAX: Final = 3_600.0


class Command(BaseCommand):
    help = (
        "Let the simulated city go on: it reports and answers by real acts. Pause it on its page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--per-hour", type=float, default=20, help="reports an hour (20)")
        parser.add_argument("--seed", type=int, help="for a run that can be repeated")
        parser.add_argument("--seconds", type=float, help="stop after so long (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["per_hour"] <= PER_HOUR_MAX:
            raise CommandError(f"--per-hour: more than 0, at most {PER_HOUR_MAX:.0f}.")
        if not Simulator.objects.exists():
            raise CommandError("This database holds no simulated city: run `manage.py demo` first.")
        stop = Event()
        _on_stop(stop)
        policy = policies.current()
        rng = Random(options["seed"])  # noqa: S311 - chances of a simulation, no secret
        words = texts.load(settings.BASE_DIR / "cities" / policy.name, policy)
        life = Life(Town(policy, words, cast.Cast(policy), rng))
        self.stdout.write(f"Simulating about {options['per_hour']:g} reports an hour.")
        self._live(life, options["per_hour"], options["seconds"], stop)
        self.stdout.write(f"Stopped after {life.started} reports and {life.done} acts.")

    def _live(self, life: Life, per_hour: float, seconds: float | None, stop: Event) -> None:
        ends = None if seconds is None else time.monotonic() + seconds
        looked_at: datetime | None = None
        while not stop.is_set() and (ends is None or time.monotonic() < ends):
            at = datetime.now(UTC)
            try:
                if switch.beat(at):
                    if looked_at is None or at - looked_at > LOOK_AGAIN:
                        life.remember(at)
                        looked_at = at
                    step(life, at, per_hour)
                else:
                    looked_at = None  # after a pause everything is planned anew
            except OperationalError:  # the database is away for a moment
                close_old_connections()
                looked_at = None
            stop.wait(TICK_S)


def step(life: Life, at: datetime, per_hour: float) -> None:
    """One round: what is due by `at`, and with luck a second call and a new report."""
    life.play(at)
    if life.town.share(SECOND_CALLS):
        recall.call_again(life.town, at)
    if life.town.share(per_hour * TICK_S / 3600):
        life.play_one(Move(at=at, case_id=0, version=0, verb=ARRIVAL))


def _on_stop(stop: Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            signal.signal(number, ask)
        except ValueError:  # not the main thread: whoever started us stops us otherwise
            return
