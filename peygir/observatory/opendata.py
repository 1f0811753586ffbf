"""Figures to take away: the list of files, a data package, Parquet, a feed, and the log whole."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, override

from peygir.ledger.log import files
from peygir.ledger.log.tiles import published
from peygir.ledger.models import Checkpoint
from peygir.look.context import city_name
from peygir.observatory import parquet, stats
from peygir.observatory.common import archive, base, nothing
from peygir.observatory.frame import asked_stats, period_words, public, show
from peygir.observatory.stats import Stats
from peygir.verify.figures import table
from peygir.verify.months import LIVE

FEED_MAX: Final = 50
LISTED_MAX: Final = 120  # files on the page; the data package names them all
TOLD_MAX: Final = 8192  # tables whose digests a process remembers: twenty years of days
FIELDS: Final = (
    ("period", "string", "A day, a month or a year of the Jalali calendar, live or last."),
    (
        "dimension",
        "string",
        "Counted apart by it: all, unit, district, group, kind, post, class, term (of a post).",
    ),
    ("code", "string", "Of that dimension; names stand in the JSON file and in the rule set."),
    ("measure", "string", "A measure of the page How we count, or score, low, high, rank."),
    ("value", "integer", "Shares in hundredths of a percent, times in seconds, scores in 1/100."),
)


@public
def data(request: HttpRequest) -> HttpResponse:
    """Every published file, newest first, with its digest."""
    found = asked_stats(request)
    if found is None:
        return nothing(request, "data")
    names = stats.periods()
    context = base(found) | {
        "here_part": "data",
        "files": [(period_words(each), each) for each in _listed(names[:LISTED_MAX])],
        "more": max(0, len(names) - LISTED_MAX),
        "archives": [each for each in map(archive, files.years()) if each],
    }
    return show(request, "data.html", context)


@public
def datapackage(request: HttpRequest) -> HttpResponse:
    """A Frictionless Data Package of all published figures."""
    site = f"{request.scheme}://{request.get_host()}"
    with override("en"):
        package = {
            "profile": "tabular-data-package",
            "name": "citizen-requests-figures",
            "title": f"Figures of citizens' requests, {city_name()}",
            "description": "Computed from a signed public log; anybody can compute them anew.",
            "homepage": site + reverse("observatory:front"),
            "resources": [*_resources(site)],
        }
    return _file(json.dumps(package, ensure_ascii=False, indent=1).encode(), "application/json")


@public
def parquet_file(request: HttpRequest, period: str) -> HttpResponse:
    """The table of a period as Parquet: the same lines as its CSV."""
    found = stats.find(period)
    if found is None:
        raise Http404
    rows = list(csv.reader(io.StringIO(table(dict(found.data)))))[1:]
    texts: list[parquet.Column] = [
        (name, [row[at] for row in rows]) for at, (name, _, _) in enumerate(FIELDS[:4])
    ]
    body = parquet.spell([*texts, ("value", [int(row[4]) for row in rows])])
    answer = _file(body, "application/vnd.apache.parquet")
    answer["Content-Disposition"] = f'attachment; filename="{found.stem}.parquet"'
    return answer


@public
def feed(request: HttpRequest) -> HttpResponse:
    """The newest signed states of the log: who keeps them catches a rewritten past."""
    site = f"{request.scheme}://{request.get_host()}"
    found = Atom1Feed(
        title=f"{gettext('Signed states of the public log')} · {city_name()}",
        link=site + reverse("observatory:check"),
        description="",
        feed_url=site + request.path,
    )
    for year in files.years()[:2]:
        point = published(files.year_folder(year))
        if point is None:
            continue
        rows = Checkpoint.objects.filter(origin=point.origin, size__lte=point.size)
        for one in rows.order_by("-size")[:FEED_MAX]:
            found.add_item(
                title=f"{one.origin} · {one.size}",
                link=f"{site}/log/{year}/checkpoint",
                description=one.note,
                unique_id=f"urn:sha256:{hashlib.sha256(one.note.encode()).hexdigest()}",
                updateddate=one.signed_at,
                pubdate=one.signed_at,
            )
    return _file(found.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


def _listed(names: Iterable[str]) -> Iterator[Stats]:
    """What is replaced first, then these of what stays; one file in memory after the other."""
    yield from filter(None, (stats.find(LIVE), stats.provisional()))
    yield from filter(None, map(stats.find, names))


def _resources(site: str) -> Iterator[dict[str, Any]]:
    """What is replaced first, then all that stays. A file that did not change is not read again."""
    passing = filter(None, (stats.find(LIVE), stats.provisional()))
    places = [(each.year, each.stem) for each in passing]
    for year, stem in [*places, *filter(None, map(stats.place, stats.periods()))]:
        try:
            told = _told(year, stem, _changed(year, stem, "json"), _changed(year, stem, "csv"))
        except (OSError, ValueError):  # not a file of figures, or gone since
            continue
        yield _resource(year, stem, told, site)


@lru_cache(maxsize=TOLD_MAX)
def _told(year: int, stem: str, _json_at: int, _csv_at: int) -> tuple[int, str, str]:
    """Bytes and digest of the table of figures, and the log that they come from, as the files are
    since these nanoseconds. Raises OSError and ValueError."""
    raw = files.stats_file(year, stem, "csv").read_bytes()
    origin = orjson.loads(files.stats_file(year, stem).read_bytes())["basis"]["origin"]
    return len(raw), hashlib.sha256(raw).hexdigest(), str(origin)


def _changed(year: int, stem: str, suffix: str) -> int:
    return files.stats_file(year, stem, suffix).stat().st_mtime_ns


def _resource(year: int, stem: str, told: tuple[int, str, str], site: str) -> dict[str, Any]:
    size, digest, origin = told
    path = f"{site}/log/{year}/stats/{stem}"
    return {
        "name": f"figures-{stem.replace('.', '-')}",
        "path": f"{path}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "profile": "tabular-data-resource",
        "schema": {
            "fields": [
                {"name": name, "type": kind, "description": about} for name, kind, about in FIELDS
            ]
        },
        "sources": [{"title": origin, "path": f"{path}.json"}],
    }


def _file(body: bytes, kind: str) -> HttpResponse:
    return HttpResponse(body, content_type=kind)
