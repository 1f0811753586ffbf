"""Drafts of the policy: the list, one draft with all that must be known of it, and its steps."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.cases import drafts, may
from peygir.cases.drafts import By, DraftError
from peygir.cases.fold import instant
from peygir.cases.models import Draft, PolicyVersion
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.drafting import sentences
from peygir.desk.drafting.figures import shown
from peygir.desk.drafting.parts import PARTS
from peygir.desk.follow.common import day_of, instant_of, language, number_of, post_name
from peygir.evaluation.rollout import scored_units
from peygir.people.models import Staff
from peygir.policy.check import check
from peygir.policy.compare import compare
from peygir.policy.draw import draw
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_files
from peygir.policy.model import CityPolicy

SHOWN_MAX = 50  # drafts of the list


@page("policy_drafts")
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    """Every draft, newest first."""
    found = list(Draft.objects.select_related("base").defer("files")[:SHOWN_MAX])
    context = {
        "drafts": [
            {"draft": one, "chip": sentences.state_chip(one.state), "last": one.steps[-1]}
            for one in found
        ],
        "may_draft": may.open_page(request.actor, "policy_draft"),
        "did": sentences.steps(),
        "post_name": lambda code: post_name(request.policy, code),
        "when": instant,
    }
    return nav.show(request, "desk/drafting/list.html", context, here="policy")


@page("policy_draft")
@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """A new draft of the newest version, or with `again` of an earlier one."""
    again = None
    if digest := request.POST.get("again", ""):
        again = PolicyVersion.objects.filter(pk=digest[:64]).first()
        if again is None:
            raise Http404
    draft = drafts.begin(by(request), again=again)
    return redirect("desk:draft", draft_id=draft.pk)


@page("policy_drafts")
@never_cache
@require_GET
def draft(request: StaffRequest, draft_id: int) -> HttpResponse:
    return show(request, found(draft_id))


@page("policy_drafts")
@never_cache
@require_GET
def rehearsal(request: StaffRequest, draft_id: int) -> HttpResponse:
    """The part of the page that shows the replay; it asks again by itself while one runs."""
    one = found(draft_id)
    return render(
        request, "desk/drafting/rehearsal_part.html", _rehearsal(request, one, _known(one))
    )


def show(request: StaffRequest, one: Draft, *, wrong: str = "", status: int = 200) -> HttpResponse:
    """The whole page; after a refusal with its sentence."""
    lang, known = language(), _known(one)
    context: dict[str, Any] = {
        "draft": one,
        "chip": sentences.state_chip(one.state),
        "stale": one.state in ("draft", "proposed") and drafts.is_stale(one),
        "changes": compare(one.base.files, one.files),
        "same": not drafts.changes_something(one),
        "faults": [sentences.fault(each, lang) for each in drafts.findings(one)],
        "proved": len(check(known).proved) if known else 0,
        "drawing": mark_safe(draw(known, lang)) if known else "",  # noqa: S308 - our own drawing
        "parts": [(name, part.title()) for name, part in PARTS.items()] if known else [],
        "steps": _steps(request, one),
        "may_draft": may.open_page(request.actor, "policy_draft"),
        "may_approve": may.open_page(request.actor, "policy_approve"),
        "wrote": request.actor.staff_id in drafts.writers(one),
        "wrong": wrong,
        **_when(request, one, known or request.policy),
        **_rehearsal(request, one, known),
    }
    return nav.show(request, "desk/drafting/draft.html", context, here="policy", status=status)


@page("policy_draft")
@require_POST
def plan(request: StaffRequest, draft_id: int) -> HttpResponse:
    """At once, on a day, or unit by unit each on its day."""
    how = request.POST.get("how", "")
    day, units = None, {}
    if how == "day":
        day = _day(request, "day")
        if day is None:
            return _refused(request, draft_id, _("Please give a day such as 1405/09/15."))
    elif how == "units":
        for unit in _stageable(request.policy):
            if not request.POST.get(f"unit-{unit}", "").strip():
                continue
            since = _day(request, f"unit-{unit}")
            if since is None:
                return _refused(request, draft_id, _("Please give a day such as 1405/09/15."))
            units[unit] = since
        if not units:
            return _refused(request, draft_id, _("Please give at least one unit its day."))
    return _act(
        request, draft_id, lambda who: drafts.plan(draft_id, who, valid_from=day, units=units)
    )


@page("policy_draft")
@require_POST
def ask(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.ask(draft_id, who), part="#replay")


@page("policy_draft")
@require_POST
def propose(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.propose(draft_id, who))


@page("policy_draft")
@require_POST
def take_back(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.take_back(draft_id, who))


@page("policy_draft")
@require_POST
def withdraw(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.withdraw(draft_id, who))


@page("policy_approve")
@require_POST
def refuse(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.refuse(draft_id, who))


@page("policy_approve")
@require_POST
def approve(request: StaffRequest, draft_id: int) -> HttpResponse:
    return _act(request, draft_id, lambda who: drafts.approve(draft_id, who))


def found(draft_id: int) -> Draft:
    one = Draft.objects.select_related("base").filter(pk=min(draft_id, 2**63 - 1)).first()
    if one is None:
        raise Http404
    return one


def by(request: StaffRequest) -> By:
    """Who does it, and the version of the draft that their form showed."""
    version = number_of(request.POST.get("version", ""))
    return By(actor=request.actor, at=request.at, version=version)


def _act(
    request: StaffRequest, draft_id: int, act: Callable[[By], Any], part: str = ""
) -> HttpResponse:
    """One step of the draft, then its page anew."""
    found(draft_id)
    try:
        act(by(request))
    except DraftError as wrong:
        if wrong.code == "same_person":
            raise PermissionDenied(sentences.refusal(wrong)) from wrong
        return _refused(request, draft_id, sentences.refusal(wrong), status=409)
    except PolicyError as wrong:
        said = sentences.fault(wrong, language())
        return _refused(request, draft_id, f"{said['file']} {said['key']}: {said['words']}")
    messages.success(request, _("Done."))
    answer = redirect("desk:draft", draft_id=draft_id)
    answer["Location"] += part
    return answer


def _refused(
    request: StaffRequest, draft_id: int, wrong: str, *, status: int = 422
) -> HttpResponse:
    return show(request, found(draft_id), wrong=wrong, status=status)


def _day(request: StaffRequest, name: str) -> datetime | None:
    day = day_of(request.POST.get(name, ""))
    return instant_of(request.policy, day) if day else None


def _known(one: Draft) -> CityPolicy | None:
    """The draft as a policy; None when its files cannot be read."""
    try:
        return load_files(one.base.city, one.files)
    except PolicyError:
        return None


def _steps(request: StaffRequest, one: Draft) -> list[dict[str, Any]]:
    """Who did what when, newest first."""
    people = Staff.objects.in_bulk({s["staff"] for s in one.steps if s["staff"] is not None})
    did = sentences.steps()
    return [
        {
            "at": instant(step["at"]),
            "words": did[step["what"]],
            "who": people[step["staff"]].name(language()) if step["staff"] in people else "",
            "post": post_name(request.policy, step["post"]),
        }
        for step in drafts.told_by(one)
    ]


def _stageable(policy: CityPolicy) -> list[str]:
    """Units at which a version may take force before others: districts and organisations."""
    return scored_units(policy)


def _when(request: StaffRequest, one: Draft, known: CityPolicy) -> Mapping[str, Any]:
    since = {each["unit"]: instant(each["since"]) for each in one.rollout}
    names = known.organisation.units
    units = [
        (code, names[code].words.in_(language()), since.get(code))
        for code in _stageable(known)
        if code in names
    ]
    how = "units" if since else "day" if one.valid_from else "now"
    return {"how": how, "units": units, "dated": [row for row in units if row[2]]}


def _rehearsal(request: StaffRequest, one: Draft, known: CityPolicy | None) -> dict[str, Any]:
    return {
        "draft": one,
        "found": shown(one.rehearsal, known, language()) if one.rehearsal and known else None,
        "may_ask": may.open_page(request.actor, "policy_draft")
        and one.state in ("draft", "proposed"),
        "share": float(one.progress.get("share", 0)),
    }
