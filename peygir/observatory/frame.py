"""What all pages of this room share: the same bytes for everybody, kept as long as the files last.

A page is drawn from the published files, the address, the language and the theme; the request of
the visitor is not even handed on. It is kept compressed in memory until a file is published.
"""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from peygir.calendars.jalali import to_jalali
from peygir.calendars.persian import to_latin_digits
from peygir.look.context import THEME_COOKIE, THEMES
from peygir.look.dates import local, month_name
from peygir.look.numbers import fa
from peygir.look.told import is_young
from peygir.observatory import sealing, stats
from peygir.observatory.figures import instant
from peygir.observatory.stats import Stats
from peygir.verify.months import LIVE

KEPT_SECONDS: Final = 15.0  # what no file tells, as a stop of sealing, shows this late at most
KEPT_MAX: Final = 400  # pages, about 10 KB each
#: A Persian or an Arabic digit as addresses have it.
DIGITS: Final = re.compile(r"%DB%B[0-9]|%D9%A[0-9]", re.IGNORECASE)
PUBLIC: Final = "public, max-age=60"

Body = tuple[bytes, bytes, str, str]  # plain, compressed, content type, tag
View = Callable[..., HttpResponse]

_kept: "OrderedDict[tuple[Any, ...], tuple[float, Body]]" = OrderedDict()
_lock = threading.Lock()


def public(view: View) -> View:
    """Every view of this room: GET only, the same for everybody, with a tag of its content."""

    @require_safe
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = _latin(request.get_full_path())
        if address != request.get_full_path():  # «۱۴۰۵-۰۷»: one address for one page
            return HttpResponseRedirect(address)
        theme = request.COOKIES.get(THEME_COOKIE, "")
        theme = theme if theme in THEMES else ""
        key = (request.get_full_path(), get_language(), theme, request.get_host(), stats.stamp())
        body = _recall(key)
        if body is None:
            made = view(_plain(request, theme), *args, **kwargs)
            if made.status_code != 200:
                return made
            body = _keep(key, made)
        return _answer(request, body)

    return served


def _latin(address: str) -> str:
    """The address with the digits that every address here has; nothing else of it changes."""
    return DIGITS.sub(lambda found: to_latin_digits(unquote(found[0])), address)


def show(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page in the public frame, which says in red when the log stands still or goes unseen."""
    stop = sealing.stop(request.at)  # type: ignore[attr-defined]  # as the middleware says
    frame = {
        "stop": stop,
        "menu": _menu(),
        "foot_menu": _foot(),
        "parts": _parts(),
        "live_period": LIVE,
    }
    return render(request, f"observatory/{template}", frame | dict(context))


def asked_stats(request: HttpRequest) -> Stats | None:
    """The figures of the period that the address names, else those that pages begin with.

    None while nothing is published. Raises Http404 for a period that is not.
    """
    period = request.GET.get("period", "")
    if period:
        found = stats.find(period)
        if found is None:
            raise Http404
        return found
    return beginning()


def beginning() -> Stats | None:
    """What pages begin with: the running month; in its first days, the month before; without them,
    the newest. None while nothing is published."""
    live = stats.find(LIVE)
    if live is None:
        return next(filter(None, map(stats.find, stats.periods())), None)
    return month_before(live) or live if is_young(live.data) else live


def month_before(live: Stats) -> Stats | None:
    """The figures of the month before the running one, provisional or for good."""
    year, month, _ = to_jalali(local(instant(int(live.data["from"]))).date())
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return stats.find(f"{year:04}-{month:02}")


def period_words(found: Stats) -> str:
    """The name of a period: «مهر ۱۴۰۵», «مهر ۱۴۰۵ (موقت)», «از آغاز مهر ۱۴۰۵»."""
    name = name_of_period(found.period, instant(int(found.data["from"])))
    return gettext("%(month)s (provisional)") % {"month": name} if found.final_at else name


def name_of_period(period: str, since: datetime | None = None) -> str:
    """ "1405-07" in words; `since` tells which month the live figures are of."""
    if period == LIVE:
        assert since is not None
        year, month, _ = to_jalali(local(since).date())
        name = f"{month_name(month)} {fa(str(year))}"
        return gettext("%(month)s so far") % {"month": name}
    parts = [int(part) for part in period.split("-")]
    words = [fa(str(parts[0]))]
    if len(parts) > 1:
        words.insert(0, month_name(parts[1]))
    if len(parts) > 2:
        words.insert(0, fa(parts[2]))
    return " ".join(words)


def _plain(request: HttpRequest, theme: str) -> HttpRequest:
    """The request without anything of the visitor but address and theme."""
    plain = HttpRequest()
    plain.method = "GET"
    plain.path, plain.path_info = request.path, request.path_info
    plain.GET = request.GET
    plain.META = {
        name: request.META[name]
        for name in ("QUERY_STRING", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme")
        if name in request.META
    }
    plain.at = request.at  # type: ignore[attr-defined]  # what the middleware says is no field
    plain.COOKIES = {THEME_COOKIE: theme} if theme else {}
    return plain


def _answer(request: HttpRequest, body: Body) -> HttpResponse:
    plain, packed, kind, tag = body
    if tag in request.headers.get("If-None-Match", ""):
        answer = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = HttpResponse(packed, content_type=kind)
        answer["Content-Encoding"] = "gzip"
    else:
        answer = HttpResponse(plain, content_type=kind)
    answer["ETag"] = tag
    answer["Cache-Control"] = PUBLIC
    answer["Vary"] = "Accept-Encoding, Cookie"
    return answer


def _recall(key: tuple[Any, ...]) -> Body | None:
    with _lock:
        found = _kept.get(key)
        if found is None or found[0] < monotonic():
            return None
        _kept.move_to_end(key)
        return found[1]


def _keep(key: tuple[Any, ...], made: HttpResponse) -> Body:
    plain = made.content
    tag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
    kind = made.headers.get("Content-Type", "text/html; charset=utf-8")
    body = (plain, gzip.compress(plain, 6), kind, tag)
    with _lock:
        _kept[key] = (monotonic() + KEPT_SECONDS, body)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return body


def forget() -> None:
    """Draw every page anew; for tests."""
    with _lock:
        _kept.clear()


def _menu() -> list[tuple[str, str, str]]:
    return [
        ("home", reverse("portal:home"), gettext("Home")),
        ("report", reverse("portal:report"), gettext("Report")),
        ("track", reverse("portal:track"), gettext("Track")),
        ("figures", reverse("observatory:front"), gettext("Figures")),
    ]


def _foot() -> list[tuple[str, str, str]]:
    return [
        ("how", reverse("observatory:how"), gettext("How we count")),
        ("check", reverse("observatory:check"), gettext("Check the city yourself")),
        ("data", reverse("observatory:data"), gettext("Open data")),
        ("corrections", reverse("observatory:corrections"), gettext("Corrections")),
        ("receipt", reverse("portal:receipt"), gettext("Check a receipt")),
    ]


def _parts() -> list[tuple[str, str, str]]:
    """The pages of this room: name, path, words."""
    return [
        ("front", reverse("observatory:front"), gettext("At a glance")),
        ("units", _rows("units"), gettext("Units")),
        ("managers", _rows("managers"), gettext("Managers")),
        ("districts", _rows("districts"), gettext("Districts")),
        ("subjects", _rows("subjects"), gettext("Subjects")),
        ("ranking", reverse("observatory:ranking"), gettext("Ranking")),
        ("trends", reverse("observatory:trends"), gettext("Trends")),
        ("rows", reverse("observatory:entries"), gettext("Entries")),
        ("how", reverse("observatory:how"), gettext("How we count")),
        ("check", reverse("observatory:check"), gettext("Check the city yourself")),
        ("data", reverse("observatory:data"), gettext("Open data")),
    ]


def _rows(name: str) -> str:
    return reverse("observatory:rows", args=[name])
