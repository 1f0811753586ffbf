"""How long looking back over twelve months takes: python -m bench.analysis.

First the worker's rows are kept, if they are not; then each page of the analytics desk over HTTP,
one at a time, and its questions alone, beside a bare count of a year's rows in the same minute.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, get_args

from bench.common import Progress, machine, manage, percentile, prepare_django
from bench.load import drive
from bench.server import free_port, get, serving, session

TIMES: Final = 12
TARGET_MS: Final = 800
TURN_CASES: Final = (100, 1000)  # that happened to since the last turn
READER: Final = "mayor"
SPAN: Final = timedelta(days=365)
PAGES: Final = ("", "places/", "units/", "forecast/")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--questions", action="store_true", help="no pages over HTTP")
    options = parser.parse_args()
    prepare_django()
    manage("migrate", "--verbosity", "0", "--skip-checks")
    for line in measure(options.times, pages=not options.questions):
        print(line, flush=True)


def measure(times: int, *, pages: bool) -> Iterator[str]:
    yield from _keep()
    yield _rows()
    yield from _turns()
    yield from _questions(times)
    if pages:
        yield from _pages(times)


def _keep() -> Iterator[str]:
    """The first filling, by the worker's own turns."""
    from peygir.analysis import asking, keeping
    from peygir.analysis.models import Brief
    from peygir.cases.models import Case

    if asking.asof() is not None:
        keeping.turn(at=datetime.now(UTC))
        return
    spent: list[float] = []
    progress = Progress("taking up", Case.objects.count())
    more, began = True, time.monotonic()
    while more:
        start = time.monotonic()
        more = keeping.turn(at=datetime.now(UTC))
        spent.append(time.monotonic() - start)
        if len(spent) % 10 == 0:
            progress.to(Brief.objects.count())
    _run("vacuum analyze analysis_brief")
    _run("vacuum analyze analysis_tally")
    _run("vacuum analyze analysis_pair")
    total = time.monotonic() - began
    count = Brief.objects.count()
    yield (
        f"first filling: {count:,} cases in {total:.0f} s, {count / total:,.0f} a second; the "
        f"longest turn {max(spent):.1f} s ({machine()})"
    )


def _rows() -> str:
    query = "select pg_size_pretty(pg_total_relation_size(%s))"
    names = ("brief", "tally", "pair", "hop")
    sizes = [f"{name} {_run(query, [f'analysis_{name}'])[0][0]}" for name in names]
    return f"rows with their indexes: {', '.join(sizes)}"


def _turns() -> Iterator[str]:
    """What a turn costs by how many cases something happened to; closed ones do not count."""
    from django.db import transaction

    from peygir.analysis import briefs, keeping
    from peygir.cases.models import Case

    spent = _spent(lambda: keeping.turn(at=datetime.now(UTC)), 5)
    yield f"a turn when nothing happened: p50 {percentile(spent, 0.5):.0f} ms"
    for count in TURN_CASES:
        ids = [*Case.objects.order_by("-opened_at").values_list("pk", flat=True)[:count]]
        with transaction.atomic():
            spent = _spent(partial(briefs.write, dict.fromkeys(ids, 0)), 5)
        yield f"taking up {count} cases: p50 {percentile(spent, 0.5):.0f} ms"


def _questions(times: int) -> Iterator[str]:
    since, until = _span()
    bare = _spent(lambda: _run(BARE, [since, until]), times)
    unit = percentile(bare, 0.5)
    yield f"bare count of a year's rows: p50 {unit:.0f} ms ({machine()})"
    for whose, tabs in _tabs(since, until).items():
        for tab, asked in tabs.items():
            parts = {name: percentile(_spent(ask, times), 0.5) for name, ask in asked.items()}
            together = _spent(partial(_all, asked.values()), times)
            p50, p95 = (percentile(together, share) for share in (0.5, 0.95))
            each = ", ".join(f"{name} {ms:.0f}" for name, ms in parts.items())
            yield (
                f"{tab}, {whose}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {p50 / unit:.1f} bare counts "
                f"({each}) (target {TARGET_MS} ms)"
            )


BARE: Final = "select count(*) from analysis_brief where day >= %s and day < %s"
Asks = Mapping[str, Callable[[], object]]


def _filters() -> dict[str, dict[str, str]]:
    """Filters by what they leave: everything, the broadest of each sort, little."""
    from peygir.analysis import asking
    from peygir.cases import policies

    policy, (since, until) = policies.current(), _span()
    whole = asking.narrowed(policy, since=since, until=until)
    sums = {name: asking.by(whole, name) for name in get_args(asking.Dimension)}
    most = {name: found[0].code for name, found in sums.items()}
    groups = Counter[str]()
    for one in sums["category"]:
        if one.code in policy.categories:
            groups[policy.categories[one.code].group] += one.opened
    [(group, _)] = groups.most_common(1)
    district, subject = most["district"], most["category"]
    below = policy.organisation.ancestors(most["unit"])
    return {
        "whole city": {},
        f"only {most['channel']}": {"channel": most["channel"]},
        f"only {most['kind']}": {"kind": most["kind"]},
        f"only {group}": {"group": group},
        f"only below {below[-1]}": {"unit": below[-1]},
        f"only district {district}": {"district": district},
        f"{subject} in district {district}": {"category": subject, "district": district},
    }


def _tabs(since: Any, until: Any) -> dict[str, dict[str, Asks]]:
    """The questions of each page by filter."""
    from peygir.analysis import asking
    from peygir.cases import policies

    found = {}
    for words, parts in _filters().items():
        given: dict[str, Any] = dict(parts)
        if "district" in given:
            given["district"] = int(given["district"])
        found[words] = _asks(asking.narrowed(policies.current(), since=since, until=until, **given))
    return found


def _asks(asked: Any) -> dict[str, Asks]:
    from peygir.analysis import asking

    return {
        "overview": {
            "together": lambda: asking.overview(
                asked, "month", ("category", "district", "channel", "ending")
            ),
        },
        "places": {
            "hot spots": lambda: asking.hot_spots(asked, 8),
            "recurring": lambda: asking.recurring(asked, 3, 60),
        },
        "units": {
            "by unit": lambda: asking.by(asked, "unit"),
            "flows": lambda: asking.flows(asked),
            "waits": lambda: asking.waits(asked),
            "longest": lambda: asking.longest(asked, 120),
        },
        "rows": {"newest": lambda: asking.cases(asked, 1000)},
    }


def _pages(times: int) -> Iterator[str]:
    """Over HTTP, as the server of `./run` gives them."""
    from peygir.calendars.jalali import numeric

    since, until = _span()
    query = f"?since={numeric(since)}&until={numeric(until - timedelta(days=1))}".replace(
        "/", "%2F"
    )
    cookies = session(READER)
    with serving(free_port()) as (port, _):
        asked = [(page, *each) for page in PAGES for each in _filters().items()]
        for page, words, parts in asked:
            narrowed = "".join(f"&{name}={value}" for name, value in parts.items())
            request = get(f"/desk/analysis/{page}{query}{narrowed}", cookies)
            drive(port, partial(_same, request), connections=4, requests=4)  # both workers
            result = drive(port, partial(_same, request), connections=1, requests=times)
            assert set(result.statuses) == {200}, (page, words, result.statuses)
            p50, p95 = (percentile(result.seconds, share) * 1000 for share in (0.5, 0.95))
            yield (
                f"page {page or 'overview'}, {words}: p50 {p50:.0f} ms, p95 {p95:.0f} ms "
                f"(target {TARGET_MS} ms, {machine()})"
            )


def _all(asks: Iterable[Callable[[], object]]) -> None:
    for ask in asks:
        ask()


def _same(request: bytes, n: int) -> bytes:
    return request


def _span() -> tuple[Any, Any]:
    """The twelve months up to the newest case."""
    [(newest,)] = _run("select max(day) from analysis_brief")
    until = newest + timedelta(days=1)
    return until - SPAN, until


def _run(query: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def _spent(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of so many times, after one that does not count."""
    work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return found


if __name__ == "__main__":
    main()
