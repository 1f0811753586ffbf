"""The town's agenda: who does what next, in simulated time (the demo) or in real time (simulate)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from django.db import connection, transaction

from peygir.cases import sweep
from peygir.cases.models import Case
from peygir.cases.refusals import Refused, Stale
from peygir.cases.state import CaseState
from peygir.demo import deeds
from peygir.demo.models import THE_ONE, Simulator
from peygir.demo.moves import Move, next_move
from peygir.demo.town import Town
from peygir.notices.models import DIGESTED, QUEUED, SENT, Notice

SLICE: Final = timedelta(minutes=30)  # of simulated time in one transaction, then one sweep
ARRIVAL: Final = "arrive"

Advance = Callable[[datetime], None]  # told the simulated instant that was reached


@dataclass
class Life:
    """A town and its agenda. `started`: cases that arrived, `done`: acts that followed."""

    town: Town
    agenda: list[Move] = field(default_factory=list)
    started: int = 0
    done: int = 0

    def remember(self, at: datetime) -> None:
        """Plan anew for every open simulated case, as after a restart."""
        self.agenda = [move for move in self.agenda if move.verb == ARRIVAL]
        open_cases = Case.objects.filter(simulated=True, closed_at=None).order_by("id")
        for case_id, district, category in open_cases.values_list("id", "district", "category"):
            self.town.recent.setdefault((district, category), []).append(case_id)
            self.follow(deeds.stand(case_id), at)

    def expect(self, start: datetime, per_day: float) -> None:
        """Put the arrivals of the hour from `start` on the agenda."""
        for _ in range(self.town.arrivals(start, per_day)):
            at = start + timedelta(seconds=self.town.rng.uniform(0, 3599))
            heappush(self.agenda, Move(at=at, case_id=0, version=0, verb=ARRIVAL))

    def follow(self, state: CaseState, at: datetime) -> None:
        move = next_move(self.town, state, at)
        if move is not None:
            heappush(self.agenda, move)

    def play(self, until: datetime) -> None:
        """Do everything that is on the agenda up to `until`, each at its own instant."""
        while self.agenda and self.agenda[0].at <= until:
            self._play(heappop(self.agenda))

    def _play(self, move: Move) -> None:
        if move.verb == ARRIVAL:
            arrived = self.town.arrive(move.at)
            self.started += 1
            if arrived is not None:
                self.follow(arrived, move.at)
            return
        try:
            state = deeds.do(self.town, move)
            self.done += 1
        except Stale:  # somebody else was faster: look again
            state = deeds.stand(move.case_id)
        except Refused:  # the policy does not allow it now: think of something else
            state = deeds.stand(move.case_id)
        self.follow(state, move.at)


def past(life: Life, start: datetime, end: datetime, per_day: float, advance: Advance) -> None:
    """Live from `start` to `end` in simulated time; deadlines fire as time moves.

    Each slice commits with how far it got, so that a killed run goes on where it stopped.
    """
    life.remember(start)
    at = start
    while at < end:
        if at.minute == 0 or at == start:
            life.expect(at, per_day)
        upto = min(at.replace(second=0, microsecond=0) + SLICE, end)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set local synchronous_commit = off")
            life.play(upto)
            sweep.drain(at=upto)
            _reached(upto)
        at = upto
        advance(at)


def settle_notices(until: datetime) -> int:
    """What simulated people were told up to `until` counts as told: it never waits, it never leaves.

    `provider_id` says what it was. Gives how many.
    """
    waiting = Notice.objects.filter(simulated=True, state=QUEUED, not_before__lte=until)
    digests = waiting.filter(digest=True).update(
        state=DIGESTED, sent_at=until, provider_id="simulation"
    )
    return digests + waiting.filter(digest=False).update(
        state=SENT, sent_at=until, provider_id="simulation"
    )


def _reached(at: datetime) -> None:
    Simulator.objects.update_or_create(id=THE_ONE, defaults={"finished_at": at, "changed_at": at})
