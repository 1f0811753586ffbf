"""Objecting to a point. An accepted objection adds a point that makes up for it."""

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from peygir.calendars.persian import clean
from peygir.evaluation.models import (
    ACCEPTED,
    PENDING,
    REJECTED,
    REVERSAL,
    Appeal,
    Point,
)
from peygir.ledger.entry import Actor, Entry, Recorded
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.policy.model import CityPolicy

TEXT_MAX: Final = 2_000  # characters


class AppealRefused(ValueError):
    """Why not: not_allowed, missing (no reason given), too_long, again, decided, reversal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_file(policy: CityPolicy, point: Point, actor: Actor) -> bool:
    """The head of the unit that held the case, or of a unit above it."""
    if point.unit not in policy.organisation.units:
        return False
    return bool(actor.heads & set(policy.organisation.ancestors(point.unit)))


def may_decide(actor: Actor) -> bool:
    return "centre_head" in actor.roles


@transaction.atomic
def file(*, policy: CityPolicy, point_id: int, actor: Actor, at: datetime, reason: str) -> Appeal:
    """Object to a point, once. Raises AppealRefused or Point.DoesNotExist; writes nothing then."""
    point = Point.objects.get(pk=point_id)
    if not may_file(policy, point, actor):
        raise AppealRefused("not_allowed")
    if point.reason == REVERSAL:
        raise AppealRefused("reversal")
    said = _text(reason)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                point=point,
                reason=said,
                filed_at=at,
                filed_post=actor.post,
                filed_staff_id=actor.staff_id,
            )
    except IntegrityError:
        raise AppealRefused("again") from None
    _record(policy, appeal, "appeal.filed", actor, at, {"case": point.case_id})
    return appeal


@transaction.atomic
def decide(
    *,
    policy: CityPolicy,
    appeal_id: int,
    actor: Actor,
    at: datetime,
    accept: bool,
    answer: str,
) -> Appeal:
    """The centre's head accepts or rejects, with an answer.

    Raises AppealRefused or Appeal.DoesNotExist; writes nothing then.
    """
    if not may_decide(actor):
        raise AppealRefused("not_allowed")
    appeal = Appeal.objects.select_for_update(of=["self"]).select_related("point").get(pk=appeal_id)
    if appeal.state != PENDING:
        raise AppealRefused("decided")
    appeal.answer = _text(answer)
    appeal.state = ACCEPTED if accept else REJECTED
    appeal.decided_at, appeal.decided_post = at, actor.post
    appeal.decided_staff_id = actor.staff_id
    appeal.save()
    kind = "appeal.accepted" if accept else "appeal.rejected"
    point = appeal.point
    facts = {"case": point.case_id, "event": point.event_id, "points": -point.points}
    event = _record(policy, appeal, kind, actor, at, facts)
    if accept:
        _make_up(appeal.point, event)
    return appeal


def _make_up(point: Point, event: Recorded) -> None:
    Point.objects.create(
        event_id=event.id,
        case_id=point.case_id,
        scored=point.scored,
        unit=point.unit,
        post=point.post,
        staff_id=point.staff_id,
        reason=REVERSAL,
        level=point.level,
        levels=point.levels,
        points=-point.points,
        rule_version=point.rule_version,
        at=event.happened_at,
        reverses=point,
    )


def _text(text: str) -> str:
    said = clean(text).strip()
    if not said:
        raise AppealRefused("missing")
    if len(said) > TEXT_MAX:
        raise AppealRefused("too_long")
    return said


def _record(
    policy: CityPolicy, appeal: Appeal, kind: str, actor: Actor, at: datetime, facts: dict[str, Any]
) -> Recorded:
    """The reason and the answer stay out of the event, like every free text."""
    entry = Entry(
        subject="point",
        subject_id=appeal.point_id,
        kind=kind,
        unit=appeal.point.unit,
        actor=actor,
        happened_at=at,
        policy=policy.digest,
        facts={"appeal": appeal.pk, **facts},
    )
    recorded = append([entry])
    project(recorded)
    return recorded[0]
