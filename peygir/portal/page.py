"""What all pages of this room share: the visitor, the policy in force, the frame, the refusals."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, gettext

from peygir.cases import overlays, policies, words
from peygir.look.numbers import fa
from peygir.people.throttle import TooOften
from peygir.policy.model import CityPolicy
from peygir.portal import visitor


class Visit(HttpRequest):
    """A request from a citizen's browser: the instant, who it is, the policy in force."""

    at: datetime
    visitor: visitor.Visitor
    policy: CityPolicy
    language: str


View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """Every view of this room carries this mark: nothing is cached, too many tries are a page."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visit: Visit = request  # type: ignore[assignment]  # filled in here
        visit.visitor = visitor.read(request)
        visit.policy = overlays.worded(policies.current(), visit.at)
        visit.language = get_language() or "fa"
        try:
            answer = view(visit, *args, **kwargs)
        except TooOften as refused:
            answer = too_often(visit, refused.until)
        if not answer.has_header("Cache-Control"):
            patch_cache_control(answer, private=True, no_store=True)
        return answer

    return opened


def show(
    request: Visit, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page in the public frame."""
    phone = str(request.policy.city["phone"])
    frame = {
        "menu": _menu(request),
        "visits": bool(request.policy.served_by("field")),  # not every city inspects on site
        "foot_menu": _foot_menu(phone),
        "held": [
            (run.overlay.words.in_(request.language), banner_of(request, run))
            for run in overlays.holding(request.at)
        ],
        "held_path": reverse("portal:crisis"),
    }
    return render(request, f"portal/{template}", frame | dict(context or {}), status=status)


def banner_of(request: Visit, run: overlays.Run) -> str:
    """What has happened, and where it holds when that is not the whole city."""
    said = run.overlay.banner.in_(request.language)
    where = words.scope_words(request.policy, run.scope, request.language)
    return f"{said} {gettext('It holds for: %(where)s.') % {'where': where}}" if where else said


def too_often(request: Visit, until: datetime) -> HttpResponse:
    """429: when it may be tried again, and what can be done meanwhile."""
    answer = show(request, "too_often.html", {"until": until}, status=429)
    return retry_after(request, answer, until)


def retry_after(request: Visit, answer: HttpResponse, until: datetime) -> HttpResponse:
    answer["Retry-After"] = str(max(1, round((until - request.at).total_seconds())))
    return answer


def limits(policy: CityPolicy) -> Mapping[str, int]:
    """photos, text, reports_per_day, codes_per_hour: the loader has checked them."""
    found = policy.city["limits"]
    assert isinstance(found, Mapping)
    return found


def city_map(policy: CityPolicy) -> Mapping[str, Any]:
    """centre [lat, lon], bbox [south, west, north, east], zoom."""
    found = policy.city["map"]
    assert isinstance(found, Mapping)
    return found


def _menu(request: Visit) -> list[tuple[str, str, str]]:
    return [
        ("home", reverse("portal:home"), gettext("Home")),
        ("report", reverse("portal:report"), gettext("Report")),
        ("track", reverse("portal:track"), gettext("Track")),
        ("mine", reverse("portal:mine"), gettext("My messages")),
    ]


def _foot_menu(phone: str) -> list[tuple[str, str, str]]:
    return [
        ("help", reverse("portal:help"), gettext("Help")),
        ("figures", reverse("observatory:front"), gettext("Figures of the city")),
        ("receipt", reverse("portal:receipt"), gettext("Check a receipt")),
        ("privacy", reverse("portal:privacy"), gettext("Privacy")),
        ("accessibility", reverse("portal:accessibility"), gettext("Accessibility")),
        ("call", f"tel:{phone}", gettext("Call %(number)s") % {"number": fa(phone)}),
    ]
