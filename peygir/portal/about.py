"""Home, help, privacy and accessibility: text that needs nobody's data."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from peygir.policy import asking, sayings
from peygir.policy.model import CityPolicy
from peygir.portal.page import Visit, page, show


@require_safe
@page
def home(request: Visit) -> HttpResponse:
    """What this is, and the two ways in."""
    by_name = asking.by_name(request.policy, request.policy.start)
    return show(request, "home.html", _texts(request) | {"by_name": by_name})


@require_safe
@page
def help_page(request: Visit) -> HttpResponse:
    """What happens to a message, as this city's policy has it."""
    policy: CityPolicy = request.policy
    span = asking.silence(policy)
    ways = {
        "climbs": asking.climbs(policy),
        "silence": sayings.say_span(span, request.language) if span else "",
    }
    return show(request, "help.html", _texts(request) | ways)


@require_safe
@page
def privacy(request: Visit) -> HttpResponse:
    return show(request, "privacy.html", _texts(request))


@require_safe
@page
def accessibility(request: Visit) -> HttpResponse:
    return show(request, "accessibility.html")


def _texts(request: Visit) -> dict[str, Any]:
    """The city's own sentences for its citizens (`portal.*` of its texts), and its classes."""
    policy: CityPolicy = request.policy
    said = {
        key.removeprefix("portal."): words.in_(request.language)
        for key, words in policy.texts.items()
        if key.startswith("portal.")
    }
    groups = [words.in_(request.language) for words in policy.groups.values()]
    return {"said": said, "groups": groups}
