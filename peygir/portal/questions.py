"""Frequent questions: the articles from which the telephone answers, to be searched and read."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from peygir.boards import knowledge
from peygir.calendars.persian import clean
from peygir.policy.knowledge import Article
from peygir.portal.page import Visit, page, show

FOUND_MAX: Final = 10
TYPED_MAX: Final = 100


@require_safe
@page
def questions(request: Visit) -> HttpResponse:
    """All articles, or those that speak of `q`."""
    typed = " ".join(clean(request.GET.get("q", "")[:TYPED_MAX].replace("\x00", "")).split())
    policy, at = request.policy, request.at
    found = (
        knowledge.find(policy, typed, at=at, most=FOUND_MAX)
        if typed
        else knowledge.articles(policy, at=at)
    )
    context = {
        "q": typed,
        "articles": [_shown(request, one) for one in found],
        "has_articles": bool(policy.articles),
    }
    return show(request, "questions.html", context)


def _shown(request: Visit, one: Article) -> Mapping[str, Any]:
    body = request.policy.organisation.outside_bodies.get(one.body_outside)
    return {
        "code": one.code,
        "title": one.title.in_(request.language),
        "text": one.body.in_(request.language),
        "body": body.in_(request.language) if body else "",
        "phone": body.phone if body else "",
        "subject": one.category,
    }
