"""The policy in force: in words, as a drawing, with what was proved about it.

It is changed by drafts (`peygir.desk.drafting`).
"""

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from peygir.cases import may, policies
from peygir.cases.models import PolicyVersion
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language, span_words, unit_name
from peygir.look.dates import duration
from peygir.look.numbers import fa
from peygir.policy.check import Report, check
from peygir.policy.draw import draw
from peygir.policy.model import CityPolicy, Ladder, Stage, Step
from peygir.policy.vocabulary import (
    ABOVE_ANSWERER,
    CLOSED,
    DONE,
    HOLDERS,
    IMPARTIAL,
    NAMED_UNIT,
    ROUTING,
    ROUTING_HEAD,
    SAME,
    SAME_POST,
    START,
)


@page("policy")
@require_GET
def policy(request: StaffRequest) -> HttpResponse:
    """What the city decided, for everybody who works by it."""
    given, lang = request.policy, language()
    report = _report(given.digest)
    context = {
        "name": given.words.in_(lang),
        "drawing": mark_safe(_drawn(given.digest, lang)),  # noqa: S308 - our own drawing
        "classes": [(c.words.in_(lang), span_words(c.due)) for c in given.classes.values()],
        "stages": [_stage(given, one) for one in given.stages.values()],
        "anywhere": [_step(given, one) for one in given.anywhere.values()],
        "after": [_step(given, one) for one in given.after_closing.values()],
        "endings": [
            (e.words.in_(lang), e.citizens_word, e.exception.in_(lang) if e.exception else "")
            for e in given.endings.values()
        ],
        "ladders": [
            (_("Deadline of a unit"), _ladder(given.ladder)),
            (_("The citizen's own clock"), _ladder(given.citizen_ladder)),
        ],
        "pauses": [(p.words.in_(lang), duration(p.longest)) for p in given.pauses.values()],
        "points": given.points,
        "redial": given.redial,
        "proved": [words.in_(lang) for words in report.proved],
        "bounds": [bound.text(lang) for bound in report.bounds],
        "versions": list(PolicyVersion.objects.select_related("force").order_by("-number")),
        "may_read_drafts": may.open_page(request.actor, "policy_drafts"),
        "may_draft": may.open_page(request.actor, "policy_draft"),
        "digest": given.digest,
    }
    return nav.show(request, "desk/follow/policy.html", context, here="policy")


@lru_cache(maxsize=4)
def _report(digest: str) -> Report:
    return check(policies.by_digest(digest))


@lru_cache(maxsize=8)
def _drawn(digest: str, lang: str) -> str:
    return draw(policies.by_digest(digest), lang)


def _stage(given: CityPolicy, stage: Stage) -> dict[str, Any]:
    return {
        "words": stage.words.in_(language()),
        "holder": _holder(given, stage.holder),
        "due": _("by class") if stage.due == "class" else span_words(stage.due),
        "steps": [_step(given, step) for step in stage.steps.values()],
    }


def _holder(given: CityPolicy, holder: str) -> str:
    if holder in HOLDERS:
        return {
            ROUTING: _("by subject and district"),
            ROUTING_HEAD: _("the head of the unit, by subject and district"),
            SAME_POST: _("the post that had it last"),
            ABOVE_ANSWERER: _("the superior of the post that answered"),
            IMPARTIAL: _("an authority that does not stand below the one complained of"),
            NAMED_UNIT: _("the unit that is named"),
        }[holder]
    return unit_name(given, holder)


def _step(given: CityPolicy, step: Step) -> dict[str, Any]:
    lang = language()
    if step.to == CLOSED:
        to = _("closed")
        if step.ending:
            to = _("closed: %(ending)s") % {"ending": given.endings[step.ending].words.in_(lang)}
    elif step.to in (SAME, DONE, START):
        to = {SAME: _("stays"), DONE: _("this track is done"), START: _("where it begins")}[step.to]
    else:
        to = given.stages[step.to].words.in_(lang)
    return {
        "words": step.words.in_(lang),
        "to": to,
        "limit": step.limit,
        "then": given.stages[step.then].words.in_(lang) if step.then else "",
        "approval": step.approval is not None,
        "tells": step.tells is not None,
        "new_cycle": step.new_cycle,
    }


def _ladder(ladder: Ladder) -> list[tuple[str, str]]:
    told = {
        "unit_head": _("the unit's head"),
        "district_head": _("the head of the district or organisation"),
        "deputy": _("the deputy"),
        "mayor": _("the mayor"),
    }
    found = []
    for threshold in ladder.thresholds:
        if threshold.percent is not None:
            when = _("at %(n)s percent of the time") % {"n": fa(threshold.percent)}
        elif threshold.after is not None:
            when = _("after %(time)s") % {"time": duration(threshold.after)}
        else:
            when = _("when the time is over")
        found.append((when, told.get(threshold.told, threshold.told)))
    found.append((_("then every %(time)s again") % {"time": duration(ladder.repeat)}, found[-1][1]))
    return found
