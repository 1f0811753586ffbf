"""The plan behind an overlay: drafted, commented by members of the council, approved (I14).

Versions are never changed once approved; who did what when stands in `steps` and, as codes only, in
the ledger.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from peygir.cases.models import OverlayPlan, PlanComment
from peygir.cases.models.overlay import APPROVED, DRAFT
from peygir.ledger.entry import Actor, Entry
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import COUNCIL

TEXT_MAX: Final = 20_000  # characters of a plan
COMMENT_MAX: Final = 4_000


class PlanError(Exception):
    """A step that was refused.

    `code`: gone, not_allowed, stale, state, empty, too_long, same_person.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_write(policy: CityPolicy, code: str, actor: Actor) -> bool:
    """Whoever may switch the overlay on, or confirm it, may write its plan."""
    overlay = policy.overlays.get(code)
    return overlay is not None and bool(actor.roles & {overlay.by, overlay.second})


def wrote(plan: OverlayPlan, actor: Actor) -> bool:
    """Whether some of its words are theirs, so that somebody else must approve."""
    return actor.staff_id in {step["staff"] for step in plan.steps if step["what"] == "written"}


def may_comment(policy: CityPolicy, code: str, actor: Actor) -> bool:
    """They, and the members of the council."""
    return COUNCIL in actor.roles or may_write(policy, code, actor)


@transaction.atomic
def begin(policy: CityPolicy, code: str, *, actor: Actor, at: datetime) -> OverlayPlan:
    """A new version, beginning with the words of the last one; an open draft is gone on with."""
    if not may_write(policy, code, actor):
        raise PlanError("not_allowed")
    plans = OverlayPlan.objects.select_for_update().filter(code=code)
    last = plans.order_by("-number").first()
    if last is not None and last.state == DRAFT:
        return last
    number = (plans.aggregate(most=Max("number"))["most"] or 0) + 1
    text = last.text if last else ""
    plan = OverlayPlan(id=new_id(), code=code, number=number, text=text, opened_at=at)
    _step(plan, policy, "opened", actor, at)
    plan.save(force_insert=True)
    return plan


@transaction.atomic
def write(
    policy: CityPolicy, plan_id: int, *, text: str, version: int, actor: Actor, at: datetime
) -> OverlayPlan:
    """Other words for a draft."""
    plan = _locked(plan_id, DRAFT)
    if not may_write(policy, plan.code, actor):
        raise PlanError("not_allowed")
    if version != plan.version:
        raise PlanError("stale")
    plan.text = _checked(text, TEXT_MAX)
    return _saved(plan, policy, "written", actor, at)


@transaction.atomic
def comment(
    policy: CityPolicy, plan_id: int, *, text: str, actor: Actor, at: datetime
) -> PlanComment:
    """What a member of the council or a colleague says of a draft."""
    plan = _locked(plan_id, DRAFT)
    if not may_comment(policy, plan.code, actor):
        raise PlanError("not_allowed")
    said = PlanComment.objects.create(
        id=new_id(),
        plan=plan,
        post=actor.post,
        staff_id=actor.staff_id,
        at=at,
        text=_checked(text, COMMENT_MAX),
    )
    _saved(plan, policy, "commented", actor, at, grows=False)
    return said


@transaction.atomic
def approve(
    policy: CityPolicy, plan_id: int, *, version: int, actor: Actor, at: datetime
) -> OverlayPlan:
    """A second person says yes to these very words; whoever wrote any of them cannot."""
    plan = _locked(plan_id, DRAFT)
    if not may_write(policy, plan.code, actor):
        raise PlanError("not_allowed")
    if version != plan.version:
        raise PlanError("stale")
    if not plan.text.strip():
        raise PlanError("empty")
    if wrote(plan, actor):
        raise PlanError("same_person")
    plan.state, plan.approved_at = APPROVED, at
    return _saved(plan, policy, "approved", actor, at)


def _locked(plan_id: int, *states: str) -> OverlayPlan:
    plan = OverlayPlan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise PlanError("gone")
    if plan.state not in states:
        raise PlanError("state")
    return plan


def _checked(text: str, most: int) -> str:
    if not text.strip():
        raise PlanError("empty")
    if len(text) > most:
        raise PlanError("too_long")
    return text.replace("\x00", "").strip()


def _saved(
    plan: OverlayPlan,
    policy: CityPolicy,
    what: str,
    actor: Actor,
    at: datetime,
    *,
    grows: bool = True,
) -> OverlayPlan:
    plan.version += grows
    _step(plan, policy, what, actor, at)
    plan.save()
    return plan


def _step(plan: OverlayPlan, policy: CityPolicy, what: str, actor: Actor, at: datetime) -> None:
    who: Mapping[str, Any] = {"post": actor.post, "staff": actor.staff_id}
    plan.steps = [*plan.steps, {"at": int(at.timestamp()), "what": what, **who}]
    entry = Entry(
        subject="plan",
        subject_id=plan.pk,
        kind=f"plan.{what}",
        happened_at=at,
        policy=policy.digest,
        actor=actor,
        facts={
            "code": plan.code,
            "number": plan.number,
            "digest": sha256(plan.text.encode()).hexdigest(),
        },
    )
    project(append([entry]))
