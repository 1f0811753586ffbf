"""How a claim that was found false goes back into the cycle: by a step of the policy, or not at
all; a record of an inspection moves no case."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from peygir.cases import may
from peygir.cases.models import Case
from peygir.cases.words import unit_name
from peygir.desk import case as page
from peygir.desk.access import StaffRequest
from peygir.desk.follow.common import language
from peygir.look.dates import jalali_words
from peygir.policy.asking import call_steps, claims_done, says_no, visit_steps
from peygir.policy.model import CityPolicy, Stage, Step
from peygir.policy.vocabulary import CITIZEN, CLOSED, ROLES, SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What must be done now, and where; `own`: by this very person."""

    words: str
    path: str
    own: bool = False


def way(request: StaffRequest, case: Case) -> Way:
    """The next step of a case whose work was found not done."""
    policy = page.policy_of(request, case)
    if case.closed_at is not None:
        return _reopening(request, case, policy)
    stage, path = policy.stages[case.stage], reverse("desk:case", args=[case.code])
    said = {"stage": stage.words.in_(language()), "unit": unit_name(policy, case.unit, language())}
    if visit_steps(stage).not_confirmed is not None:
        own = may.open_page(request.actor, "field") and case.unit in request.actor.sees
        if own:
            path = reverse("desk:field_visit", args=[case.code])
        told = _("It waits for a visit: what is kept there sends it back.")
        return Way(words=told, path=path, own=own)
    if call_steps(stage).no is not None:
        told = _("It waits for the citizen's word with %(unit)s: a no sends it on.") % said
        return Way(words=told, path=path)
    if _is_work(stage):
        return Way(words=_("It is with %(unit)s again; the finding is known.") % said, path=path)
    return Way(words=_("It waits with %(unit)s (%(stage)s): tell them.") % said, path=path)


def _reopening(request: StaffRequest, case: Case, policy: CityPolicy) -> Way:
    """A closed case: the step after closing that opens it anew, and who may take it until when."""
    path, at = reverse("desk:case", args=[case.code]), request.at
    opening = [
        s for s in policy.after_closing.values() if says_no(s) and s.to not in (SAME, CLOSED)
    ]
    step = next((one for one in opening if _is_open(case, one, at)), None)
    if step is None:
        unit = {"unit": unit_name(policy, case.executive_unit, language())}
        told = _("Nothing in the policy opens it any more: tell the head of %(unit)s.") % unit
        return Way(words=told, path=path)
    own = bool(request.actor.roles & {*step.by})
    until = _until(case, step)
    said = {
        "step": step.words.in_(language()),
        "who": _("you") if own else _who(policy, step),
        "day": jalali_words(until) if until else "",
    }
    words = _("%(step)s may be recorded by %(who)s.")
    if until is not None:
        words = _("%(step)s may be recorded by %(who)s until %(day)s.")
    return Way(words=words % said, path=path, own=own)


def _is_open(case: Case, step: Step, at: datetime) -> bool:
    until = _until(case, step)
    return until is None or at <= until


def _until(case: Case, step: Step) -> datetime | None:
    if step.within is None or case.closed_at is None:
        return None
    return case.closed_at + step.within


def _who(policy: CityPolicy, step: Step) -> str:
    """Units whose posts have one of the roles that may take the step; the citizen comes last."""
    org = policy.organisation
    roles = {who for who in step.by if who in ROLES}
    units = dict.fromkeys(post.unit for post in org.posts.values() if roles & {*post.roles})
    names = [unit_name(policy, unit, language()) for unit in units]
    return _(" or ").join(names + [_("the citizen")] * (CITIZEN in step.by))


def _is_work(stage: Stage) -> bool:
    return any(claims_done(step) for step in stage.steps.values())
