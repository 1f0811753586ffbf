"""What the pages of this folder share: finding a case, words for people and places, typed times."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peygir.boards import cases
from peygir.calendars import codes
from peygir.calendars.durations import Span
from peygir.calendars.errors import JalaliError
from peygir.calendars.jalali import parse_jalali
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import acts, policies, refusals, words
from peygir.cases.models import Case
from peygir.desk.access import StaffRequest
from peygir.evaluation.models import Point
from peygir.look.dates import duration
from peygir.look.numbers import fa, listed
from peygir.people.models import Photo, Staff
from peygir.policy.model import CityPolicy

TEXT_MAX = 2_000  # characters of a remark typed on these pages
ID_MAX = 2**63 - 1
ISLAND, MAINLAND = "\u2066", "\u2069"  # what stands between them reads left to right
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])\s*[:.٫]\s*([0-5][0-9])")


def language() -> str:
    return get_language() or "fa"


def case_or_404(request: StaffRequest, code: str) -> Case:
    """The case of an address, if this person may see it."""
    try:
        found = cases.by_code(request.actor, codes.check(code))
    except codes.CodeError:
        found = None
    if found is None:
        raise Http404
    return found


def photo_path(photo_id: int, *, small: bool = False) -> str:
    """Where the browser finds a picture."""
    path = reverse("desk:photo", args=[photo_id])
    return f"{path}?small=1" if small else path


def shown(photos: Iterable[Photo]) -> Mapping[str, Any] | None:
    """The latest of some pictures, as `ui.before_after` takes it."""
    found = list(photos)
    return {"src": photo_path(found[-1].pk), "alt": "", "caption": ""} if found else None


def unit_name(policy: CityPolicy, code: str) -> str:
    return words.unit_name(policy, code, language())


def post_name(policy: CityPolicy, code: str) -> str:
    return words.post_name(policy, code, language())


def whose(policy: CityPolicy, points: Iterable[Point]) -> dict[int, str]:
    """Point id -> the post whose delay it was and who answered for it then, where one was named."""
    named = [point for point in points if point.post]
    people = Staff.objects.in_bulk([p.staff_id for p in named if p.staff_id is not None])
    found = {}
    for point in named:
        person = people.get(point.staff_id or 0)
        name = person.name(language()) if person else ""
        found[point.pk] = listed((post_name(policy, point.post), name))
    return found


def category_name(policy: CityPolicy, code: str) -> str:
    found = policy.categories.get(code)
    return found.words.in_(language()) if found else code


def place(policy: CityPolicy, case: Case, address: str = "") -> str:
    """District and address in one line."""
    district = policy.organisation.districts.get(case.district) if case.district else None
    return listed((district.in_(language()) if district else "", address))


def script(policy: CityPolicy, key: str, case: Case) -> str:
    """A text of the city for reading out, with the case's code in it, kept left to right."""
    words = policy.texts.get(key)
    code = f"{ISLAND}{fa(codes.show(case.code))}{MAINLAND}"
    return words.in_(language()).replace("{code}", code) if words else ""


def told(done: acts.Done) -> str:
    """What just happened, in the words of the policy under which it happened."""
    return words.sentence(done.event, policies.by_digest(done.event.policy), language())


def status_of(refused: refusals.Refused) -> int:
    """The HTTP status of a refusal."""
    if isinstance(refused, refusals.NotAllowed):
        return 403
    return 422 if isinstance(refused, refusals.WrongEvidence) else 409


def text_of(request: StaffRequest, name: str) -> str:
    """A typed text, cleaned of control characters and odd letters; its length is the caller's."""
    return clean(request.POST.get(name, "")).strip()


def number_of(text: str) -> int | None:
    """An id or a count in any digits; None when it is none."""
    digits = to_latin_digits(text.strip())[:20]
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits)
    return number if number <= ID_MAX else None


def clock_of(text: str) -> time | None:
    """A typed time of day, «۱۴:۳۰»; None when it is none."""
    found = _CLOCK.fullmatch(to_latin_digits(clean(text[:12])).strip())
    return time(int(found[1]), int(found[2])) if found else None


def day_of(text: str) -> date | None:
    """A typed Jalali day; None when it is none."""
    try:
        return parse_jalali(text.strip())
    except JalaliError:
        return None


def instant_of(policy: CityPolicy, day: date, at: time = time()) -> datetime:
    """A local day and time as an instant."""
    return datetime.combine(day, at, ZoneInfo(policy.calendar.zone))


def tonight(policy: CityPolicy, at: datetime) -> datetime:
    """The end of the local day."""
    today = at.astimezone(ZoneInfo(policy.calendar.zone)).date()
    return instant_of(policy, today + timedelta(days=1))


def span_words(span: Span) -> str:
    """A span of the policy as people say it."""
    if span.mode == "working_days":
        return _("%(n)s working days") % {"n": fa(span.days)}
    if span.mode == "working_hours":
        return _("%(time)s of working time") % {"time": duration(span.amount)}
    return duration(span.amount)
