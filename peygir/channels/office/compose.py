"""A referral as the office automation is told of it: what its manager needs, and no more.

Put together when it is sent, from what is stored then: an erased case has no words any more.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from peygir.calendars.persian import clean
from peygir.cases.models import Case
from peygir.cases.policies import for_case
from peygir.channels.office.models import CLOSED, OPEN, Handed, Person
from peygir.channels.office.steps import accepted
from peygir.people import organisation, papers
from peygir.policy.model import CityPolicy, Words

#: Runs of digits as long as a telephone or identity number, in any digits and however spaced.
_NUMBER: Final = re.compile(r"(?:\+|00)?\d(?:[\s\u200c._()-]{0,2}\d){7,}")
HIDDEN: Final = "▒▒▒"


def referral(handed: Handed, policy: CityPolicy, *, at: datetime) -> dict[str, Any]:
    """The body that says how `handed` stands. `policy`: the one in force."""
    case = Case.objects.get(pk=handed.case_id)
    own = for_case(case.policy, policy.digest) if case.policy != policy.digest else policy
    is_open = handed.closed_at is None
    return {
        "id": str(handed.id),
        "version": handed.version,
        "state": OPEN if is_open else CLOSED,
        "outcome": handed.outcome or None,
        "role": handed.role,
        "unit": _named(handed.unit, own.organisation.units),
        "post": _named(handed.post, own.organisation.posts) if handed.post else None,
        "personnel_numbers": _personnel(handed.post, at) if is_open else [],
        "opened_at": _instant(handed.opened_at),
        "due_at": _instant(handed.due_at),
        "closed_at": _instant(handed.closed_at) if handed.closed_at else None,
        "accepts": accepted(own, handed) if is_open else [],
        "case": _case(case, own, is_open=is_open),
        "link": _link(case),
    }


def without_numbers(text: str) -> str:
    """`text` with everything hidden that may be somebody's telephone or identity number."""
    return _NUMBER.sub(HIDDEN, clean(text))


def _case(case: Case, policy: CityPolicy, *, is_open: bool) -> dict[str, Any]:
    category = policy.categories.get(case.category)
    kind = policy.kinds.get(case.kind)
    words = papers.of(case.pk, "words") if is_open else []
    return {
        "code": case.code,
        "kind": _words(case.kind, kind),
        "subject": _words(case.category, category.words if category else None),
        "district": case.district,
        "urgent": bool(case.urgent),
        "cycle": case.cycle,
        "text": without_numbers(words[0].text) if words else None,
    }


def _named(code: str, listed: Mapping[str, Any]) -> dict[str, str]:
    found = listed.get(code)
    return _words(code, found.words if found else None)


def _words(code: str, words: Words | None) -> dict[str, str]:
    return {"code": code, "fa": words.fa if words else code, "en": words.en if words else code}


def _personnel(post: str, at: datetime) -> list[str]:
    """Who fills the post now, or stands in for it, by the numbers of the office automation."""
    people = [each.pk for each in organisation.holders(post, at=at)] if post else []
    found = Person.objects.filter(staff_id__in=people).order_by("number")
    return list(found.values_list("number", flat=True))


def _link(case: Case) -> str:
    """The case's staff page, which asks for a sign-in; in Persian as the managers work."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(settings.PEYGIR_BASE_URL + reverse("desk:case", args=[case.code]))


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
