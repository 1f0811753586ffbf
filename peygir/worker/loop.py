"""Loops that take turns until they are asked to stop, and outlive every error.

Clocks have a loop of their own, so that a slow gateway never delays a deadline.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from peygir.worker import audit, figures, lookback, nights, rehearsals, turns

log = logging.getLogger("peygir.worker")

PATIENCE_S: Final = (1, 2, 5, 10, 30)  # after failures in a row


@dataclass(slots=True, kw_only=True)
class Job:
    """`turn` is taken every `every_s` seconds; again at once while it says that more waits."""

    name: str
    turn: Callable[[], bool]
    every_s: float
    next_at: float = 0  # monotonic seconds
    failures: int = 0


def jobs() -> tuple[list[Job], ...]:
    """The jobs of each loop: clocks, what talks to people, what doors bring along, what takes long,
    crises, the public log."""
    clocks = [
        Job(name="beat", turn=turns.beat("clocks"), every_s=10),  # first: the audit asks for it
        Job(name="clocks", turn=turns.clocks, every_s=1),
        Job(name="versions", turn=turns.versions, every_s=5),
    ]
    notices = [
        Job(name="beat", turn=turns.beat("notices"), every_s=10),
        Job(name="cleaning", turn=turns.cleaning, every_s=3600),
        Job(name="notices", turn=turns.notices, every_s=1),
        Job(name="reminders", turn=turns.reminders, every_s=60),
        Job(name="digests", turn=turns.digests, every_s=15),
        Job(name="audit", turn=audit.alarm, every_s=3600),
    ]
    doors = [
        Job(name=path.removeprefix("peygir."), turn=import_string(path), every_s=every_s)
        for path, every_s in settings.TURNS
    ]
    studies = [
        Job(name="rehearsals", turn=rehearsals.turn, every_s=1),
        Job(name="archives", turn=figures.archive, every_s=15),
        Job(name="nights", turn=nights.turn, every_s=60),
        Job(name="lookback", turn=lookback.again, every_s=60),
    ]
    crises = [Job(name="overlays", turn=turns.overlays, every_s=1)]
    sealing = [Job(name="sealing", turn=turns.sealing, every_s=1)]
    return clocks, notices, doors, studies, crises, sealing


def run(loops: Sequence[list[Job]], stop: threading.Event) -> None:
    """Run each list of jobs in a thread until `stop`; returns when all have finished their turn."""
    threads = [threading.Thread(target=keep, args=(each, stop), daemon=True) for each in loops]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        pass
    for thread in threads:
        thread.join()


def keep(loop: list[Job], stop: threading.Event) -> None:
    """Take the turns of `loop` in order of their time, until `stop`."""
    while not stop.is_set():
        job = min(loop, key=lambda each: each.next_at)
        wait = job.next_at - time.monotonic()
        if wait > 0:
            stop.wait(min(wait, 1))
            continue
        take(job)
    connection.close()


def take(job: Job) -> None:
    """One turn of one job. An error is logged without its text and tried again later."""
    close_old_connections()
    started = time.monotonic()
    try:
        more = job.turn()
    except Exception:  # whatever it was, the next turn may succeed; the audit tells of silence
        log.exception("A turn of %s failed.", job.name)
        job.next_at = time.monotonic() + PATIENCE_S[min(job.failures, len(PATIENCE_S) - 1)]
        job.failures += 1
        connection.close()
        return
    job.failures = 0
    job.next_at = time.monotonic() if more else started + job.every_s
