"""Switching an overlay on by two people, and off: every step is an event, every row follows.

The first person asks with a scope and an end; somebody else confirms within CONFIRM_WITHIN. It ends
when somebody switches it off or by itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from peygir.cases import overlays
from peygir.cases.clocks import seconds
from peygir.cases.fold import instant
from peygir.cases.models import OverlayPlan, OverlayRun
from peygir.cases.models.overlay import APPROVED, EXPIRED, LAPSED, OFF, ON, PROPOSED
from peygir.ledger.entry import SYSTEM, Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope

SUBJECT: Final = "overlay"
CONFIRM_WITHIN: Final = timedelta(seconds=30)

#: What an event makes of a run.
STATES: Final = {
    "overlay.proposed": PROPOSED,
    "overlay.on": ON,
    "overlay.off": OFF,
    "overlay.expired": EXPIRED,
    "overlay.lapsed": LAPSED,
}


class SwitchError(Exception):
    """A step that was refused.

    `code`: unknown, not_allowed, same_person, too_late, state, scope, expiry, already.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def propose(
    policy: CityPolicy, code: str, *, scope: Scope, until: datetime, actor: Actor, at: datetime
) -> OverlayRun:
    """Ask for an overlay; it holds once somebody else has confirmed."""
    overlay = policy.overlays.get(code)
    if overlay is None:
        raise SwitchError("unknown")
    if overlay.by not in actor.roles:
        raise SwitchError("not_allowed")
    if not at < until <= at + overlay.longest:
        raise SwitchError("expiry")
    _check_scope(policy, scope)
    live = OverlayRun.objects.select_for_update().filter(code=code, state__in=[PROPOSED, ON])
    for run in live:
        if run.state == ON and run.expires_at > at:
            raise SwitchError("already")
        if run.state == PROPOSED and at < run.proposed_at + CONFIRM_WITHIN:
            raise SwitchError("already")
    plan = OverlayPlan.objects.filter(code=code, state=APPROVED).order_by("-number").first()
    facts: dict[str, Any] = {
        "code": code,
        "scope": {
            "districts": list(scope.districts),
            "classes": list(scope.classes),
            "categories": list(scope.categories),
        },
        "until": seconds(until),
        "plan": plan.pk if plan else None,
    }
    return _record(new_id(), "overlay.proposed", facts, policy.digest, actor, at)


@transaction.atomic
def confirm(run_id: int, *, actor: Actor, at: datetime) -> OverlayRun:
    """The second person says yes: from here on the overlay holds."""
    run = _locked(run_id, PROPOSED)
    if overlays.overlay_of(run).second not in actor.roles:
        raise SwitchError("not_allowed")
    if actor.staff_id is None or actor.staff_id == run.proposed_by:
        raise SwitchError("same_person")
    if at > run.proposed_at + CONFIRM_WITHIN:
        raise SwitchError("too_late")
    return _record(run.pk, "overlay.on", {"code": run.code}, run.policy, actor, at)


@transaction.atomic
def switch_off(run_id: int, *, actor: Actor, at: datetime) -> OverlayRun:
    """End it before its time; a wish that waits for confirmation is taken back."""
    run = _locked(run_id, PROPOSED, ON)
    overlay = overlays.overlay_of(run)
    if not actor.roles & {overlay.by, overlay.second}:
        raise SwitchError("not_allowed")
    return _record(run.pk, "overlay.off", {"code": run.code}, run.policy, actor, at)


def settle(*, at: datetime) -> int:
    """End what has come to its end, and wishes that nobody confirmed. The worker calls it."""
    over = OverlayRun.objects.filter(state=ON, expires_at__lte=at)
    waited = OverlayRun.objects.filter(state=PROPOSED, proposed_at__lt=at - CONFIRM_WITHIN)
    found = list((over | waited).values_list("pk", flat=True))
    return sum(_settle(run_id, at) for run_id in found)


@transaction.atomic
def _settle(run_id: int, at: datetime) -> bool:
    """Several workers may find the same run over; the first one ends it."""
    try:
        run = _locked(run_id, PROPOSED, ON)
    except SwitchError:
        return False
    kind = "overlay.expired" if run.state == ON else "overlay.lapsed"
    _record(run.pk, kind, {"code": run.code}, run.policy, SYSTEM, at)
    return True


def write(event: Recorded) -> OverlayRun:
    """The row that follows from an event about an overlay."""
    given = applied(None, event)
    if event.kind == "overlay.proposed":
        run = OverlayRun(id=event.subject_id, **given)
        run.save(force_insert=True)
    else:
        OverlayRun.objects.filter(pk=event.subject_id).update(**given)
        run = OverlayRun.objects.get(pk=event.subject_id)
    overlays.forget()
    return run


def applied(before: Mapping[str, Any] | None, event: Recorded) -> dict[str, Any]:
    """The fields of a run after `event`: what the live path and the replay both use."""
    fields: dict[str, Any] = {**(before or {}), "state": STATES[event.kind]}
    who = {"by": event.actor.staff_id, "post": event.actor.post}
    if event.kind == "overlay.proposed":
        facts = event.facts
        fields |= {"code": facts["code"], "policy": event.policy, "scope": facts["scope"]}
        fields |= {"plan": facts["plan"], "expires_at": instant(facts["until"])}
        fields |= {"proposed_at": event.happened_at}
        return fields | {f"proposed_{name}": value for name, value in who.items()}
    if event.kind == "overlay.on":
        fields |= {"on_at": event.happened_at}
        return fields | {f"confirmed_{name}": value for name, value in who.items()}
    fields |= {"ended_at": event.happened_at}
    return fields | {f"ended_{name}": value for name, value in who.items()}


def _check_scope(policy: CityPolicy, scope: Scope) -> None:
    known = (
        (scope.districts, policy.organisation.districts),
        (scope.classes, policy.classes),
        (scope.categories, policy.categories),
    )
    if any(one not in table for given, table in known for one in given):
        raise SwitchError("scope")


def _locked(run_id: int, *states: str) -> OverlayRun:
    run = OverlayRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise SwitchError("unknown")
    if run.state not in states:
        raise SwitchError("state")
    return run


def _record(
    run_id: int, kind: str, facts: Mapping[str, Any], policy: str, actor: Actor, at: datetime
) -> OverlayRun:
    entry = Entry(
        subject=SUBJECT,
        subject_id=run_id,
        kind=kind,
        happened_at=at,
        policy=policy,
        actor=actor,
        facts=facts,
    )
    recorded = append([entry])
    run = write(recorded[0])
    project(recorded)
    return run


__all__ = ["CONFIRM_WITHIN", "SwitchError", "applied", "confirm", "propose", "settle", "switch_off"]
