"""Cases that real acts made, kept as templates: copied with other ids, times, words and people.

A column of JSON becomes a format with slots, so that one SQL statement moves every instant by the
same time and every id by the same distance. Whatever holds for the original then holds for a copy.
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import psycopg
from psycopg import sql

EVENTS_MAX: Final = 24  # a copy's events get ids with a stride of this
EPOCHS: Final = range(1_500_000_000, 2_200_000_000)  # numbers in JSON that are instants
IDS_FROM: Final = 10**17  # and those that are ids made by the application
CODE, LAT, LON = "%1$s", "%2$s", "%3$s"
MARK: Final = "\x01"

#: Table -> which of its rows belong to a case. `b`: bench_case.
SOURCES: Final = {
    "cases_case": "select x.* from cases_case x join bench_case b on b.case_id = x.id",
    "cases_referral": "",
    "cases_clock": "",
    "people_reporter": "",
    "people_casekey": "",
    "people_paper": "",
    "people_photo": "",
    "people_inspection": "",
    "people_call": "",
    "evaluation_point": "",
    "boards_handover": "",
    # As the event of the case alone makes it: what a call's own event adds is not copied.
    "boards_contact": "select x.event_id, e.happened_at as at, null::timestamptz as started_at, "
    "x.channel, x.outcome, x.case_id, x.staff_id, ''::text as article, ''::text as body "
    "from boards_contact x join ledger_event e on e.id = x.event_id and e.subject = 'case' "
    "join bench_case b on b.case_id = x.case_id",
    "notices_notice": "",
    "ledger_event": "select x.* from ledger_event x join bench_case b on b.case_id = x.subject_id",
}
OF_CASE: Final = "select x.* from {table} x join bench_case b on b.case_id = x.case_id"
JSON: Final = {
    "ledger_event": "facts",
    "cases_referral": "proposal",
    "notices_notice": "params",
}

CHOOSE: Final = """
create table bench_case as
select row_number() over (order by c.id)::int as t, c.id as case_id, c.closed_at is null as is_open,
 c.opened_at, coalesce(c.closed_at, c.opened_at) - c.opened_at as lasts,
 (select a.key from people_casekey a where a.case_id = c.id) as key,
 exists (select 1 from people_paper p where p.case_id = c.id and p.kind = 'address') as has_address
from cases_case c
where c.lead_id is null
 and not exists (select 1 from cases_case o where o.lead_id = c.id)
 and (select count(*) from ledger_event e where e.subject_id = c.id) <= {most}
 and not exists (select 1 from ledger_event e
   where e.subject_id = c.id and e.kind in ('case.absorbed', 'case.joined'))
"""


def prepare(connection: psycopg.Connection[Any]) -> dict[bool, int]:
    """Copy every usable case into bench_* tables; gives how many are open and closed."""
    for table in ["bench_case", *(f"bench_{name}" for name in SOURCES)]:
        connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(table)))
    connection.execute(CHOOSE.format(most=EVENTS_MAX))
    connection.execute("create unique index on bench_case (case_id)")
    for table, given in SOURCES.items():
        _copy(connection, table, given or OF_CASE.format(table=table))
    for table, column in JSON.items():
        _slots(connection, table, column)
    connection.execute("analyze")
    rows = connection.execute("select is_open, count(*) from bench_case group by 1").fetchall()
    return dict(rows)


def _copy(connection: psycopg.Connection[Any], table: str, rows: str) -> None:
    """bench_<table>: the rows, with `t` (which template), `ord` (place within it) and `r` (row)."""
    case = {"cases_case": "id", "ledger_event": "subject_id"}.get(table, "case_id")
    by_event = dict.fromkeys(("boards_handover", "boards_contact"), "event_id")
    order = {"people_casekey": "case_id", **by_event}.get(table, "id")
    connection.execute(f"""
        create table bench_{table} as
        select b.t, row_number() over (partition by b.t order by y.{order})::int - 1 as ord,
         row_number() over ()::int as r, y.*
        from ({rows}) y join bench_case b on b.case_id = y.{case}""")
    connection.execute(f"create index on bench_{table} (t)")


def _slots(connection: psycopg.Connection[Any], table: str, column: str) -> None:
    """Turn the JSON `column` into a format and the numbers for its slots."""
    connection.execute(
        f"alter table bench_{table} add fmt text, add epochs bigint[], add ids bigint[]"
    )
    rows = connection.execute(
        f"select r, {column}::text from bench_{table} where {column} is not null"
    ).fetchall()
    connection.execute("create temporary table s (r int, fmt text, epochs bigint[], ids bigint[])")
    with connection.cursor() as cursor, cursor.copy("copy s from stdin") as copy:
        for r, text in rows:
            copy.write_row((r, *formatted(orjson.loads(text))))
    connection.execute(
        f"update bench_{table} x set fmt = s.fmt, epochs = s.epochs, ids = s.ids "
        "from s where s.r = x.r"
    )
    connection.execute("drop table s")


def formatted(value: Any) -> tuple[str, list[int], list[int]]:
    """(format, instants, ids): `format(fmt, code, lat, lon, instants…, ids…)` gives the JSON."""
    epochs: list[int] = []
    ids: list[int] = []
    marked = _marked(value, epochs, ids)
    text = orjson.dumps(marked).decode().replace("%", "%%")
    for n in range(len(epochs)):
        text = text.replace(f'"\\u0001e{n}\\u0001"', f"%{4 + n}$s")
    for n in range(len(ids)):
        text = text.replace(f'"\\u0001i{n}\\u0001"', f"%{4 + len(epochs) + n}$s")
    text = text.replace('"\\u0001code\\u0001"', f'"{CODE}"')
    text = text.replace('"\\u0001lat_e6\\u0001"', LAT).replace('"\\u0001lon_e6\\u0001"', LON)
    return text, epochs, ids


def _marked(value: Any, epochs: list[int], ids: list[int], name: str = "") -> Any:
    if isinstance(value, dict):
        return {n: _marked(each, epochs, ids, n) for n, each in value.items()}
    if isinstance(value, list):
        return [_marked(each, epochs, ids) for each in value]
    if name == "code" or (name in ("lat_e6", "lon_e6") and value is not None):
        return f"{MARK}{name}{MARK}"
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    for kind, found, fits in (("e", epochs, value in EPOCHS), ("i", ids, value >= IDS_FROM)):
        if fits:
            found.append(value)
            return f"{MARK}{kind}{len(found) - 1}{MARK}"
    return value


def columns(connection: psycopg.Connection[Any], table: str) -> Iterator[tuple[str, str]]:
    """(name, type) of a table's columns."""
    yield from connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        [table],
    ).fetchall()
