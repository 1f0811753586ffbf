"""What every page of figures says: which file, which period, since when nothing is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext

from peygir.ledger.log import files
from peygir.look.numbers import fa
from peygir.look.told import is_young
from peygir.observatory import sealing, stats
from peygir.observatory.figures import instant
from peygir.observatory.frame import beginning, month_before, name_of_period, period_words, show
from peygir.observatory.stats import Stats
from peygir.verify.months import LIVE

YEARS_OFFERED: Final = 5
MONTHS_OFFERED: Final = 13


def nothing(request: HttpRequest, part: str) -> HttpResponse:
    """Plain words while nothing is published."""
    return show(request, "nothing.html", {"here_part": part})


def base(found: Stats) -> dict[str, Any]:
    """What every page of figures says of the file that it shows."""
    names, other = stats.periods(), _beside(found)
    return {
        "stats": found,
        "period": found.period,
        "period_words": period_words(found),
        "since": instant(int(found.data["from"])),
        "until": instant(int(found.data["until"])),
        "is_live": found.period == LIVE,
        "asked": urlencode(address_of(found)),
        "final_at": instant(found.final_at) if found.final_at else None,
        "beside": None if other is None else (period_words(other), other.period),
        "periods": [
            *((name, name_of_period(name)) for name in of_length(names, 4)[:YEARS_OFFERED]),
            *((each.period, period_words(each)) for each in stats.months()[:MONTHS_OFFERED]),
        ],
        "simulated_cases": found.data["totals"].get("simulated", 0),
        "played_at": _played_at(found),
    }


def address_of(found: Stats) -> dict[str, str]:
    """What an address says of the period; nothing of the one that pages begin with."""
    first = beginning()
    return {} if first is None or first.period == found.period else {"period": found.period}


def _played_at(found: Stats) -> datetime | None:
    """When a log began that tells of simulated cases from before that; None for any other."""
    if not found.data["totals"].get("simulated"):
        return None
    began = sealing.began()
    return began if began is not None and began > instant(int(found.data["from"])) else None


def _beside(found: Stats) -> Stats | None:
    """In the first days of a month, of the running month and the one before the one not shown."""
    live = stats.find(LIVE)
    last = month_before(live) if live is not None and is_young(live.data) else None
    if live is None or last is None:
        return None
    return {LIVE: last, last.period: live}.get(found.period)


def link(request: HttpRequest, **changes: str) -> str:
    """This page with other words in its address."""
    words = {key: request.GET[key] for key in ("period", "sort", "of", "by") if key in request.GET}
    return f"{request.path}?{urlencode(words | changes)}"


def titles() -> dict[str, str]:
    return {
        "units": gettext("Units"),
        "managers": gettext("Managers"),
        "districts": gettext("Districts"),
        "subjects": gettext("Subjects"),
        "kinds": gettext("Kinds of message"),
        "classes": gettext("Classes"),
    }


def of_length(names: Sequence[str], length: int) -> list[str]:
    return [name for name in names if len(name) == length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The log of a year in one file, as of `at`."""

    year: int
    at: datetime
    size: str

    @property
    def path(self) -> str:
        return f"/log/archives/log-{self.year}.tar"


def archive(year: int) -> Archive | None:
    """What there is to download of a year; None while the worker has made none."""
    try:
        found = files.archive_file(year).stat()
    except OSError:
        return None
    mebibytes = found.st_size / (1 << 20)
    size = gettext("%(n)s MB") % {"n": fa(mebibytes, 1 if mebibytes < 10 else 0)}
    return Archive(year=year, at=instant(int(found.st_mtime)), size=size)
