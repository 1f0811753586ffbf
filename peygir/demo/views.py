"""The one page of this room: pause the simulator, or let it go on."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_otp import user_has_device

from peygir.cases import may
from peygir.cases.models import Case
from peygir.demo import switch
from peygir.people import organisation
from peygir.people.models import Staff

PAGE = "simulator"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """GET shows the switch; POST with paused=1 or 0 turns it."""
    staff = cast("Staff", request.user)
    at: datetime = request.at  # type: ignore[attr-defined]  # set at the door
    verified: bool = staff.is_verified()  # type: ignore[attr-defined]  # added by OTPMiddleware
    if user_has_device(staff) and not verified:
        return redirect("desk:second_factor")
    if not may.open_page(organisation.actor_of(staff, at=at), PAGE):
        raise PermissionDenied
    if staff.needs_new_password:
        return redirect("desk:account")
    if request.method == "POST":
        return _turn(request, staff, at)
    found = switch.state()
    shown = {
        "here": PAGE,
        "nav": [{"name": "desk", "path": settings.LOGIN_REDIRECT_URL, "words": _("Staff pages")}],
        "reader": staff.name(get_language() or "fa"),
        "switch": found,
        "alive": found is not None and switch.is_alive(found, at),
        "cases": _counts() if found else None,
    }
    return render(request, "demo/simulator.html", shown)


def _turn(request: HttpRequest, staff: Staff, at: datetime) -> HttpResponse:
    wanted = request.POST.get("paused")
    if wanted not in ("0", "1"):
        return HttpResponse(_("Choose pause or go on."), status=400)
    if not switch.turn(paused=wanted == "1", staff_id=staff.pk, at=at):
        messages.error(request, _("This database holds no simulated city."))
    elif wanted == "1":
        messages.success(request, _("The simulator is paused."))
    else:
        messages.success(request, _("The simulator goes on."))
    return redirect("demo:simulator")


def _counts() -> dict[str, int]:
    """How many simulated cases wait, by stage; open cases only, so that it stays quick."""
    waiting = Case.objects.filter(simulated=True, closed_at=None)
    return {"open": waiting.count()}
