"""What an overlay does to many cases: reports of one incident become one, clocks stand still.

Asked for with one tap, done by a worker in batches of short transactions, each case by a plain act
in the name of whoever asked; a case that has moved on meanwhile is passed over and counted.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from peygir.cases import acts, overlays, policies
from peygir.cases.clocks import seconds
from peygir.cases.fold import instant
from peygir.cases.models import Case, Clock, OverlayRun, OverlayTask
from peygir.cases.models.clock import RUNNING
from peygir.cases.models.overlay import GROUP, ON, PAUSE
from peygir.cases.refusals import Refused
from peygir.cases.store import NoSuchCase
from peygir.cases.switching import SwitchError
from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people import organisation
from peygir.people.models import Staff
from peygir.policy.asking import merges

BATCH: Final = 50  # cases of one turn
BEFORE: Final = timedelta(hours=24)  # reports this long before the switch may be of the incident
INCIDENT: Final = "incident"


def candidates(run: OverlayRun, lead: Case, params: dict[str, Any]) -> QuerySet[Case]:
    """Open reports in scope that are of the incident: same subjects, same district as asked for."""
    assert run.on_at is not None
    found = _in_scope(run).filter(opened_at__gte=instant(params["since"]))
    found = found.filter(category__in=params["categories"], simulated=lead.simulated)
    if params["district"] is not None:
        found = found.filter(district=params["district"])
    return found.exclude(pk=lead.pk).filter(lead_id=None)


def pausable(run: OverlayRun) -> QuerySet[Case]:
    """Open cases in scope whose holder's clock runs, of the classes that the overlay may pause."""
    overlay = overlays.overlay_of(run)
    running = Clock.objects.filter(state=RUNNING, number__gt=0).values("case_id")
    found = _in_scope(run).filter(pk__in=running)
    return found.filter(class_code__in=overlay.pause_classes) if overlay.pause_classes else found


@transaction.atomic
def group(
    run_id: int, *, lead: Case, district: int | None, actor: Actor, at: datetime
) -> OverlayTask:
    """Ask for the reports of one incident to be merged into `lead`, all with its subject.

    Raises SwitchError: not_allowed, state, lead.
    """
    run = _running(run_id, actor, at)
    if not lead.is_open or lead.sealed or not lead.category:
        raise SwitchError("lead")
    step = merges(policies.current())
    if step is None or not actor.roles & set(step.by):
        raise SwitchError("not_allowed")
    assert run.on_at is not None
    params = {
        "lead": lead.pk,
        "categories": [lead.category],
        "district": district,
        "since": seconds(run.on_at - BEFORE),
    }
    return _ask(run, GROUP, params, candidates(run, lead, params).count(), actor, at)


@transaction.atomic
def pause(run_id: int, *, until: datetime, actor: Actor, at: datetime) -> OverlayTask:
    """Ask for the running clocks in scope to stand still until `until`, at most to the overlay's
    end and within the cap of its reason. Raises SwitchError: not_allowed, state, no_pause, expiry.
    """
    run = _running(run_id, actor, at)
    overlay = overlays.overlay_of(run)
    if overlay.pause is None:
        raise SwitchError("no_pause")
    rule = policies.current().pauses.get(overlay.pause)
    if rule is None or rule.approval not in actor.roles:
        raise SwitchError("not_allowed")
    if not at < until <= min(at + rule.longest, run.expires_at):
        raise SwitchError("expiry")
    return _ask(run, PAUSE, {"until": seconds(until)}, pausable(run).count(), actor, at)


def turn(*, at: datetime) -> bool:
    """One batch of the task that has waited longest; True when more waits."""
    task = OverlayTask.objects.filter(finished_at=None).order_by("asked_at").first()
    if task is None:
        return False
    assert task.staff_id is not None  # somebody asked for it
    actor = organisation.actor_of(Staff.objects.get(pk=task.staff_id), at=at)
    taken = _group(task, actor, at) if task.what == GROUP else _pause(task, actor, at)
    if taken < BATCH:
        _finish(task, actor, at)
    return True


def _group(task: OverlayTask, actor: Actor, at: datetime) -> int:
    lead = Case.objects.get(pk=task.params["lead"])
    found = list(_next(task, candidates(task.run, lead, task.params)))
    for case in found:
        done = _one(
            partial(
                acts.merge,
                policy=policies.current(),
                case_id=case.pk,
                into=lead.pk,
                actor=actor,
                at=at,
                quiet=True,
            ),
        )
        _count(task, case.pk, done)
    return len(found)


def _pause(task: OverlayTask, actor: Actor, at: datetime) -> int:
    overlay = overlays.overlay_of(task.run)
    found = list(_next(task, pausable(task.run)))
    for case in found:
        done = _one(
            partial(
                acts.pause,
                policy=policies.current(),
                case_id=case.pk,
                actor=actor,
                at=at,
                reason=overlay.pause or "",
                until=instant(task.params["until"]),
                overlay=task.run_id,
            ),
        )
        _count(task, case.pk, done)
    return len(found)


def _one(act: Callable[[], object]) -> bool:
    try:
        act()
    except (Refused, NoSuchCase):
        return False
    return True


@transaction.atomic
def _finish(task: OverlayTask, actor: Actor, at: datetime) -> None:
    """The last batch is done; of an incident, everybody who reported it is told once."""
    waiting = OverlayTask.objects.filter(pk=task.pk, finished_at=None)
    if not waiting.update(finished_at=at):
        return  # another worker was faster
    if task.what == GROUP:
        lead = task.params["lead"]
        acts.tell(
            policy=policies.current(),
            case_id=lead,
            tells=INCIDENT,
            overlay=task.run_id,
            actor=actor,
            at=at,
        )


def _next(task: OverlayTask, found: QuerySet[Case]) -> QuerySet[Case]:
    return found.filter(pk__gt=task.cursor).order_by("pk")[:BATCH]


def _count(task: OverlayTask, case_id: int, done: bool) -> None:
    task.cursor = case_id
    task.done += done
    task.passed_over += not done
    task.save(update_fields=["cursor", "done", "passed_over"])


def _in_scope(run: OverlayRun) -> QuerySet[Case]:
    return Case.objects.filter(overlays.within(run), closed_at=None)


def _running(run_id: int, actor: Actor, at: datetime) -> OverlayRun:
    run = OverlayRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state != ON or run.expires_at <= at:
        raise SwitchError("state")
    overlay = overlays.overlay_of(run)
    if not actor.roles & {overlay.by, overlay.second}:
        raise SwitchError("not_allowed")
    if actor.staff_id is None:
        raise SwitchError("not_allowed")
    return run


def _ask(
    run: OverlayRun, what: str, params: dict[str, Any], total: int, actor: Actor, at: datetime
) -> OverlayTask:
    return OverlayTask.objects.create(
        id=new_id(),
        run=run,
        what=what,
        params=params,
        staff_id=actor.staff_id,
        asked_at=at,
        total=total,
    )


__all__ = ["GROUP", "PAUSE", "candidates", "group", "pausable", "pause", "turn"]
