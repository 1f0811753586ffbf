"""How long pages take over HTTP, one at a time, and their queries alone: python -m bench.pages."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.common import machine, percentile, prepare_django
from bench.load import drive
from bench.server import CSRF, free_port, get, post, serving, session

TIMES: Final = 60  # of each page, after a tenth of that to warm up
COMMON_WORDS: Final = 40  # a search word within so many of the most frequent


@dataclass(kw_only=True)
class Page:
    """`requests`: taken in turn. `ask`: the same by its query functions, for the queries alone."""

    name: str
    requests: Sequence[bytes]
    ask: Callable[[int], object] | None = None
    target_ms: float = 0
    status: frozenset[int] = field(default=frozenset({200}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    prepare_django()
    for line in measure(options.times):
        print(line, flush=True)


def measure(times: int) -> Iterator[str]:
    yield f"cases: {_counts()} ({machine()})"
    with serving(free_port()) as (port, _):
        for page in pages():
            yield _line(port, page, times)


def _line(port: int, page: Page, times: int) -> str:
    def make(n: int) -> bytes:
        return page.requests[n % len(page.requests)]

    drive(port, make, connections=1, requests=max(4, times // 10))
    result = drive(port, make, connections=1, requests=times)
    assert set(result.statuses) <= page.status, (page.name, result.statuses)
    p50, p95 = (percentile(result.seconds, share) * 1000 for share in (0.5, 0.95))
    sql = ""
    if page.ask is not None:
        spent = [_sql_ms(page.ask, n) for n in range(max(4, times // 2))]
        own = [percentile(spent, share) for share in (0.5, 0.95)]
        sql = f", queries alone p50 {own[0]:.1f}, p95 {own[1]:.1f} ms"
    wanted = f" (target {page.target_ms:.0f} ms)" if page.target_ms else ""
    return f"{page.name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms{wanted}{sql}"


def pages() -> Iterator[Page]:
    from django.db import connection

    from peygir.boards import callers, inbox, nearby, search
    from peygir.cases import policies
    from peygir.people import organisation
    from peygir.people.models import Staff

    at, policy = datetime.now(UTC), policies.current()
    evening = at + timedelta(hours=8)

    def actor(username: str) -> Any:
        return organisation.actor_of(Staff.objects.get(username=username), at=at)

    def read(username: str) -> Callable[[int], object]:
        who = actor(username)
        return lambda n: inbox.read(policy, who, inbox.Filters(), at=at, day_ends=evening, after="")

    for username in ("executive", "head", "deputy"):
        cookies = session(username)
        yield Page(
            name=f"inbox of the {username}",
            requests=[get("/desk/inbox/", cookies)],
            ask=read(username),
            target_ms=60,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.code, p.phone, w.search, c.lat_e6, c.lon_e6, c.category, c.district, w.text "
            "from cases_case c join people_reporter r on r.case_id = c.id "
            "join people_citizen p on p.id = r.citizen_id "
            "join people_paper w on w.case_id = c.id and w.kind = 'words' "
            "where c.district is not null and c.category <> '' and c.lat_e6 is not null "
            "order by c.code desc limit 4000"
        )
        rows = cursor.fetchall()[:: max(1, 4000 // 200)]
    cookies, operator = session("operator"), actor("operator")
    yield Page(
        name="caller look-up",
        requests=[post("/desk/console/caller/", {"phone": r[1]}, cookies) for r in rows],
        ask=lambda n: callers.caller(operator, rows[n % len(rows)][1]),
        target_ms=20,
    )
    yield Page(
        name="tracking page",
        requests=[get(f"/t/{r[0]}", CSRF) for r in rows],
        target_ms=20,
    )
    everybody = [word for row in rows for word in row[2].split()]
    often = sorted(set(everybody), key=everybody.count)
    rare = [word for word in often if everybody.count(word) == 1][: len(rows)]
    common = often[-COMMON_WORDS:]
    both = [f"{a} {b}" for a, b in zip(common, reversed(common), strict=True)]
    for name, words in (("rare word", rare), ("common word", common), ("two words", both)):
        yield Page(
            name=f"search, {name}",
            requests=[post("/desk/search/", {"q": word}, cookies) for word in words],
            ask=lambda n, words=words: search.by_words(  # type: ignore[misc]  # bound on purpose
                operator, words[n % len(words)], search.Filters(), below=None
            ),
            target_ms=200,
        )
    yield Page(
        name="likely duplicates",
        requests=[_duplicates(row, n) for n, row in enumerate(rows)],
        ask=lambda n: nearby.near(policy, _place(nearby, rows[n % len(rows)]), at=at),
        target_ms=60,
    )


def _place(nearby: Any, row: Sequence[Any]) -> Any:
    return nearby.Place(lat_e6=row[3], lon_e6=row[4], category=row[5], district=row[6], text=row[7])


def _duplicates(row: Sequence[Any], n: int) -> bytes:
    form = {
        "words": row[7],
        "category": row[5],
        "district": str(row[6]),
        "lat": f"{row[3] / 1e6:.6f}",
        "lon": f"{row[4] / 1e6:.6f}",
    }
    return post("/report/hints/", form, CSRF, f"10.77.{n // 250}.{n % 250}")


def _sql_ms(ask: Callable[[int], object], n: int) -> float:
    began = time.perf_counter()
    ask(n)
    return (time.perf_counter() - began) * 1000


def _counts() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where relname = 'cases_case'")
        total = cursor.fetchone()[0]
        cursor.execute("select count(*) from cases_case where closed_at is null")
        return f"about {total:,}, open {cursor.fetchone()[0]:,}"


if __name__ == "__main__":
    main()
