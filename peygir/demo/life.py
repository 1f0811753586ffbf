"""The town's agenda: what happens next, in simulated time (demo) or in real time (simulate)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from django.db import connection, transaction

from peygir.cases import sweep
from peygir.cases.models import Case
from peygir.cases.refusals import Refused
from peygir.cases.state import CaseState
from peygir.demo import deeds
from peygir.demo.models import THE_ONE, Simulator
from peygir.demo.moves import ARRIVAL, Move, next_move
from peygir.demo.reach import Pace
from peygir.demo.town import Town
from peygir.notices.models import DIGESTED, QUEUED, SENT, Notice

SLICE: Final = timedelta(hours=1)  # of simulated time in one transaction, then one sweep
LATER: Final = timedelta(hours=2)  # after a refusal
Advance = Callable[[datetime], None]  # told the simulated instant that was reached


@dataclass
class Life:
    """A town and its agenda. `started`: cases that arrived, `done`: acts that followed."""

    town: Town
    agenda: list[Move] = field(default_factory=list)
    known: dict[int, CaseState] = field(default_factory=dict)  # open cases as we last saw them
    started: int = 0
    done: int = 0

    def remember(self, at: datetime) -> None:
        """Plan anew for every open simulated case, as after a restart."""
        self.agenda = [move for move in self.agenda if move.verb == ARRIVAL]
        self.known.clear()
        open_cases = Case.objects.filter(simulated=True, closed_at=None).order_by("id")
        for case_id, district, category in open_cases.values_list("id", "district", "category"):
            self.town.recent.setdefault((district, category), []).append(case_id)
            self.follow(deeds.stand(case_id), at)

    def expect(self, start: datetime, end: datetime, per_day: float) -> None:
        """Put the arrivals from `start` to `end`, within one hour, on the agenda."""
        share = (end - start) / timedelta(hours=1)
        for _ in range(self.town.arrivals(start, per_day * share)):
            at = start + self.town.rng.random() * (end - start)
            heappush(self.agenda, Move(at=at, case_id=0, version=0, verb=ARRIVAL))

    def follow(self, state: CaseState, at: datetime) -> None:
        """Plan what happens next to this case."""
        move = next_move(self.town, state, at)
        if move is None:
            self.known.pop(state.id, None)
            return
        self.known[state.id] = state
        heappush(self.agenda, move)

    def play(self, until: datetime) -> None:
        """Do everything that is on the agenda up to `until`, each at its own instant."""
        while self.agenda and self.agenda[0].at <= until:
            self.play_one(heappop(self.agenda))

    def play_one(self, move: Move) -> None:
        """Do one move, and plan what follows from it."""
        if move.verb == ARRIVAL:
            arrived = self.town.arrive(move.at)
            self.started += 1
            if arrived is not None:
                self.follow(arrived, move.at)
            return
        at = move.at
        try:
            state = deeds.do(self.town, move, self.known[move.case_id])
            self.done += 1
        except Refused:  # somebody was faster, or the policy forbids it: look again, think anew
            state = deeds.stand(move.case_id)
            if state.version == move.version:  # forbidden: not the same again at once
                at += LATER
        self.follow(state, at)


def past(life: Life, start: datetime, end: datetime, pace: Pace, advance: Advance) -> None:
    """Live from `start` to `end` in simulated time; deadlines fire as time moves.

    Each slice commits with how far it got, so that a killed run goes on where it stopped.
    """
    life.remember(start)
    at = start
    while at < end:
        upto = min(at.replace(minute=0, second=0, microsecond=0) + SLICE, end)
        life.expect(at, upto, pace(at))
        with transaction.atomic():
            in_bulk()
            life.play(upto)
            sweep.drain(at=upto)
            _reached(upto)
        at = upto
        advance(at)


def in_bulk() -> None:
    """Settings of a transaction that writes much into tables that have no statistics yet."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "set local synchronous_commit = off; set local enable_seqscan = off; "
            "set local enable_hashjoin = off; set local enable_mergejoin = off"
        )


def settle_notices(until: datetime) -> int:
    """What simulated people were told up to `until` counts as told: it neither waits nor leaves.

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
