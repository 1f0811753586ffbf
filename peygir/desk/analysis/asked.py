"""What an address of the analytics desk asks for, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from peygir.analysis.asking import Filter, narrowed
from peygir.analysis.models import Brief
from peygir.calendars.errors import JalaliError
from peygir.calendars.jalali import from_jalali, numeric, parse_jalali, to_jalali
from peygir.calendars.persian import to_latin_digits
from peygir.desk import ending
from peygir.desk.access import StaffRequest
from peygir.look.numbers import fa
from peygir.policy.model import CityPolicy

DAYS: Final = 84  # shown when nothing is asked for
DAYS_MAX: Final = 400  # a year, and the days by which two years differ
TYPED_MAX: Final = 60
FIELDS: Final = ("since", "until", "district", "group", "category", "unit", "channel", "kind")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A period and filters; empty values do not filter. `wrong`: field -> a sentence for the
    reader; where there is one, nothing is counted."""

    first: date
    last: date  # inclusive
    district: int | None = None
    group: str = ""
    category: str = ""
    unit: str = ""  # it, or any unit below it
    channel: str = ""
    kind: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def filter(self, policy: CityPolicy) -> Filter:
        """The same as the engine asks it of its rows."""
        assert not self.wrong
        return narrowed(
            policy,
            since=self.first,
            until=self.last + timedelta(days=1),
            **{name: getattr(self, name) for name in FIELDS[2:]},
        )

    def words(self) -> Iterator[tuple[str, str]]:
        """What stands in an address that asks for the same."""
        yield "since", numeric(self.first)
        yield "until", numeric(self.last)
        for name in FIELDS[2:]:
            value = getattr(self, name)
            if value not in (None, ""):
                yield name, str(value)

    def query(self, **changed: object) -> str:
        """The same with other values, as `?since=…`; None or "" takes one away."""
        found = {**dict(self.words()), **changed}
        return f"?{urlencode({k: v for k, v in found.items() if v not in (None, '')})}"


def read(request: StaffRequest) -> Asked:
    """What the address of `request` asks for; a value that is not known is told, not dropped."""
    given = {name: request.GET.get(name, "")[:TYPED_MAX].strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    first, last = _period(request, given, wrong)
    policy = request.policy
    known: dict[str, tuple[Mapping[Any, object], str]] = {
        "group": (policy.groups, _("There is no such group of subjects.")),
        "category": (policy.categories, _("There is no such subject.")),
        "unit": (policy.organisation.units, _("There is no such unit.")),
        "channel": (channels(), _("There is no such channel.")),
        "kind": (policy.kinds, _("There is no such kind of message.")),
    }
    for name, (values, sentence) in known.items():
        if given[name] and given[name] not in values:
            wrong[name] = sentence
    plain = {name: "" if name in wrong else given[name] for name in known}
    about = policy.categories.get(plain["category"])
    if about is not None and plain["group"] not in ("", about.group):
        wrong["category"] = _("This subject is not in that group.")
    district = _district(policy, given["district"], wrong)
    return Asked(first=first, last=last, district=district, typed=given, wrong=wrong, **plain)


def channels() -> dict[str, str]:
    """Ways by which a message comes, in the reader's language."""
    return ending.channels() | {"social": _("Social networks"), "office": _("Office automation")}


def today(request: StaffRequest) -> date:
    """The city's day of the request."""
    return request.at.astimezone(ZoneInfo(request.policy.calendar.zone)).date()


def spans(request: StaffRequest, asked: Asked) -> list[tuple[str, str, bool]]:
    """Periods to choose from: (words, address, whether it is the one shown)."""
    end = today(request)
    year = to_jalali(end)[0]
    offered = [
        (_("4 weeks"), end - timedelta(days=27), end),
        (_("12 weeks"), end - timedelta(days=DAYS - 1), end),
        (_("12 months"), end - timedelta(days=364), end),
        (_("Year %(year)s") % {"year": fa(str(year))}, from_jalali(year, 1, 1), end),
        (
            _("Year %(year)s") % {"year": fa(str(year - 1))},
            from_jalali(year - 1, 1, 1),
            from_jalali(year, 1, 1) - timedelta(days=1),
        ),
    ]
    here = (asked.first, asked.last)
    return [
        (
            words,
            request.path + asked.query(since=numeric(first), until=numeric(last)),
            (first, last) == here,
        )
        for words, first, last in offered
    ]


def _period(
    request: StaffRequest, given: Mapping[str, str], wrong: dict[str, str]
) -> tuple[date, date]:
    """First and last day; the usual ones where those asked for are wrong."""
    end = today(request)
    last = _day(given, "until", end, wrong)
    first = _day(given, "since", _usual(min(end, last)), wrong)
    if not wrong and first > last:
        wrong["until"] = _("The first day is after the last one.")
    if not wrong and (last - first).days >= DAYS_MAX:
        most = {"most": fa(DAYS_MAX)}
        wrong["since"] = _("At most %(most)s days are counted at once.") % most
    return (_usual(end), end) if wrong else (first, last)


def _usual(last: date) -> date:
    """The first day where none is asked for: no day before the first case ever."""
    first = last - timedelta(days=DAYS - 1)
    known = Brief.objects.order_by("day").values_list("day", flat=True).first()
    return first if known is None or known > last else max(first, known)


def _day(given: Mapping[str, str], name: str, usual: date, wrong: dict[str, str]) -> date:
    if not given[name]:
        return usual
    try:
        return parse_jalali(given[name])
    except (JalaliError, ValueError, OverflowError):
        wrong[name] = _("Write the day like %(day)s.") % {"day": fa("1405/08/30")}
        return usual


def _district(policy: CityPolicy, typed: str, wrong: dict[str, str]) -> int | None:
    if not typed:
        return None
    digits = to_latin_digits(typed)[:4]
    number = int(digits) if digits.isascii() and digits.isdigit() else None
    if number not in policy.organisation.districts:
        wrong["district"] = _("There is no such district.")
        return None
    return number
