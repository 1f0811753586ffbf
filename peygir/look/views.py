"""The theme switch, and the page that shows every component (only while debugging)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from peygir.look import samples
from peygir.look.context import THEME_COOKIE, THEMES

DAY_SECONDS = 24 * 3600
YEAR_SECONDS = 365 * DAY_SECONDS


# A stranger's page could at worst turn the lights on, and public pages are cached without a token.
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep `theme` (light or dark) in a cookie and go back to `next`; needs no JavaScript."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=False,  # app.js sets the same cookie
        )
    return response


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The address that browsers guess leads to the icon that the pages name."""
    answer = HttpResponseRedirect(static("look/icon.svg"))
    answer["Cache-Control"] = f"public, max-age={DAY_SECONDS}"
    return answer


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state. 404 unless DEBUG."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "look/guide.html", samples.guide())
