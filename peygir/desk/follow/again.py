"""The citizen's code once more: a visit is kept, only the code was wrong (Q9)."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peygir.boards import field as board
from peygir.cases import acts, words
from peygir.cases.refusals import Refused
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow import field, visits
from peygir.desk.follow.common import case_or_404, language, status_of, told


@page("field")
@require_POST
def confirm(request: StaffRequest, code: str) -> HttpResponse:
    """Take the citizen's code for the visit that is already kept."""
    case = case_or_404(request, code)
    if visits.waiting(case) is None:
        messages.warning(request, _("No visit of this case waits for a code."))
        return redirect("desk:field_visit", code=case.code)
    typed = visits.code_of(request.POST.get("again", ""))
    fault = visits.code_fault(request, case, typed) if typed else _("Please enter the code.")
    if fault:
        return field.show_visit(request, case, {"again": fault}, 422)
    waits = board.waiting(case)
    way = waits.ways.get("confirmed") if waits else None
    if way is None:
        messages.warning(request, _("This case no longer waits for a confirmation on site."))
        return redirect("desk:field_visit", code=case.code)
    word: dict[str, Any] = {"via": "code", "at": int(request.at.timestamp())}
    try:
        with transaction.atomic():
            done = acts.act(
                policy=request.policy,
                case_id=case.pk,
                step=way[0].code,
                referral=way[1],
                actor=request.actor,
                at=request.at,
                evidence={"citizen_word": word},
            )
    except Refused as refused:
        said = words.refusal(refused, request.policy, language())
        return field.show_visit(request, case, {"again": said}, status_of(refused))
    messages.success(request, told(done))
    return redirect("desk:field")
