"""The first page: each post starts where its work is."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from peygir.desk import nav
from peygir.desk.access import StaffRequest, page


@page("home")
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    return HttpResponseRedirect(nav.home_of(request.actor, request.policy))
