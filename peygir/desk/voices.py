"""The console's part for kinds of voice: an earlier message, an official, a unit, an answer given
while the caller is on the line."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from peygir.boards import cases as board
from peygir.boards import voices
from peygir.calendars.codes import CodeError, check
from peygir.desk import ending, intake
from peygir.desk.access import StaffRequest, page
from peygir.desk.intake import Intake
from peygir.people.papers import TEXT_MAX
from peygir.policy.model import CityPolicy, Step


@page("console")
@never_cache
@require_POST
def about(request: StaffRequest) -> HttpResponse:
    """The part alone, for htmx; articles come along, as some kinds are answered with one."""
    made = intake.read(request.POST, request.policy)
    given = {"made": made, "language": get_language() or "fa", **ending.shown(request, made)}
    return render(request, "desk/console_kind.html", given | shown(request, made))


def shown(request: StaffRequest, made: Intake) -> dict[str, Any]:
    """What the part shows for the chosen kind."""
    policy, language = request.policy, get_language() or "fa"
    asks = voices.asks(policy, made.kind)
    return {
        "voice": asks,
        "answered": answered(request, made),
        "about_units": voices.units(policy, language) if asks.unit or asks.post else [],
        "officials": _officials(request, made, language) if asks.post else [],
        "has_ways": voices.has_ways(policy),
    }


def answer_step(request: StaffRequest, made: Intake) -> Step | None:
    """The step by which this operator answers such a message at once, if one may."""
    actor = request.actor
    return voices.answer_step(request.policy, made.kind, actor.roles, actor.units)


def answered(request: StaffRequest, made: Intake) -> str:
    """What that step is called, "" where there is none."""
    step = answer_step(request, made)
    return step.words.in_(get_language() or "fa") if step else ""


def check_about(made: Intake, policy: CityPolicy) -> None:
    """Fill `made.errors` with what is missing of what the kind asks for."""
    asks, org = voices.asks(policy, made.kind), policy.organisation
    if asks.case and (made.about_code or asks.case_needed):
        _check_code(made)
    if asks.unit and made.about_unit not in org.units:
        made.errors["about_unit"] = _("Choose whom the message is for.")
    if asks.post and made.about_post not in org.posts:
        made.errors["about_post"] = _("Choose who the complaint is about.")
    if len(made.answer) > TEXT_MAX:
        made.errors["answer"] = _("This is too long.")


def _check_code(made: Intake) -> None:
    if not made.about_code:
        made.errors["about_code"] = _("Write the tracking code of the earlier message.")
        return
    made.about_case = voices.earlier(made.about_code)
    if made.about_case is None:
        made.errors["about_code"] = _("No message has this code. Look at it again.")


def _officials(request: StaffRequest, made: Intake, language: str) -> list[tuple[str, str]]:
    """Whom the caller may complain of: of the unit chosen, else of the earlier message as far as
    this operator may see it, and always the mayor."""
    policy = request.policy
    if made.about_unit in policy.organisation.units:
        found = voices.officials(policy, made.about_unit)
    else:
        found = _of_earlier(request, made) or voices.officials(policy, "")
    return [(code, voices.called(policy, code, language)) for code in found]


def _of_earlier(request: StaffRequest, made: Intake) -> list[str]:
    try:
        case = board.by_code(request.actor, check(made.about_code))
    except CodeError:
        return []
    return voices.of_case(request.policy, case) if case is not None and not case.sealed else []
