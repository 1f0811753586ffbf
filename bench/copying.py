"""The SQL of filling: from plan and templates to rows of the real tables."""

import threading
import time
from contextlib import suppress
from typing import Any, Final

import psycopg

from bench.plan import CITIZEN_FROM, EVENT_FROM
from bench.templates import EVENTS_MAX, JSON, SOURCES, columns

DRAFT: Final = """
drop table if exists bench_draft, bench_plan, bench_day;
create unlogged table bench_draft (n int, t int, shift_s int, did bigint, jlat int, jlon int,
 day date, citizen bigint, event0 bigint, words text, words_search text, address text,
 address_search text, digest bytea)
"""
# The Damm digit of 11 digits, as calendars.codes makes it; `verify` compares with the original.
DAMM: Final = """
create or replace function bench_damm(body text) returns text language plpgsql immutable as $$
declare rows text[] := '{0317598642,7092154863,4206871359,1750983426,6123045978,
3674209581,5869720134,8945362017,9438617205,2581436790}'; i int := 0;
begin
 for p in 1..length(body) loop
  i := substr(rows[i + 1], substr(body, p, 1)::int + 1, 1)::int;
 end loop;
 return i::text;
end $$
"""
SERIAL_FROM: Final = 10_000  # of each day; below are those of the templates
SERIAL_NEXT: Final = 40_000  # what is registered later gets serials from here
PLAN: Final = f"""
create unlogged table bench_plan as
select d.*, make_interval(secs => d.shift_s) as dt, b.body || bench_damm(b.body) as code
from (select x.*, row_number() over (partition by day order by n) + {SERIAL_FROM} as serial
      from bench_draft x) d
join bench_day y on y.day = d.day,
lateral (select y.prefix || lpad(((d.serial * 61803 + 17) % 100000)::text, 5, '0') as body) b
"""
CITIZENS: Final = f"""
insert into people_citizen (id, phone, name, language, first_seen_at, wants_sms)
select {CITIZEN_FROM} + g, '+98900' || (g + 1000000),
 (array['مریم','زهرا','علی','حسین','رضا','نرگس','سعید'])[1 + mod(g, 7)] || ' ' ||
 (array['رضایی','کریمی','موسوی','نوری','احمدی','صادقی','باقری','شریفی','مرادی'])[1 + mod(g, 9)],
 'fa', now() - interval '1 year', true
from generate_series(0, %(citizens)s::bigint) g
"""

IDS: Final = {
    "id": {"cases_case", "people_paper", "people_photo", "people_inspection", "people_call"},
    "case_id": set(SOURCES) - {"cases_case", "ledger_event"},
    "subject_id": {"ledger_event"},
    "inspection": {"cases_case"},
    "paper_id": {"notices_notice"},
    "findings_id": {"people_inspection"},
    "statement_id": {"people_inspection"},
    "signature": {"people_inspection"},
}
OWN: Final = {
    ("cases_case", "code"): "p.code",
    ("cases_case", "lat_e6"): "x.lat_e6 + p.jlat",
    ("cases_case", "lon_e6"): "x.lon_e6 + p.jlon",
    ("people_reporter", "citizen_id"): "case when x.citizen_id is not null then p.citizen end",
    ("notices_notice", "citizen_id"): "case when x.citizen_id is not null then p.citizen end",
    ("people_paper", "text"): "case x.kind when 'words' then p.words "
    "when 'address' then p.address else x.text end",
    ("people_paper", "search"): "case x.kind when 'words' then p.words_search "
    "when 'address' then p.address_search else x.search end",
    ("people_inspection", "visit"): "gen_random_uuid()",
    ("people_inspection", "photos"): "array(select i + p.did from unnest(x.photos) i)",
    ("ledger_event", "id"): "p.event0 + x.ord",
    ("ledger_event", "papers"): "case when x.ord = 0 then p.digest else x.papers end",
    ("evaluation_point", "event_id"): "p.event0 + x.event_ord",
    ("boards_handover", "event_id"): "p.event0 + x.event_ord",
    ("boards_contact", "event_id"): "p.event0 + x.event_ord",
    ("notices_notice", "dedupe_key"): """case left(x.dedupe_key, 1)
      when 'c' then 'c' || (x.case_id + p.did) || substr(x.dedupe_key, strpos(x.dedupe_key, ':'))
      else left(x.dedupe_key, 1) || (p.event0 + x.event_ord)
       || case when x.citizen_id is null then '' else ':' || p.citizen end end""",
}
LEFT_OUT: Final = {"id", "leaf_index"}
EVENT_ORD: Final = """
alter table bench_{table} add event_ord int;
update bench_{table} x set event_ord = e.ord from bench_ledger_event e where e.id = {event};
delete from bench_{table} where event_ord is null {unless}
"""
COMBINE: Final = (
    "array[p.code, (coalesce(c.lat_e6, 0) + p.jlat)::text, (coalesce(c.lon_e6, 0) + p.jlon)::text]"
    " || array(select (e + p.shift_s)::text from unnest(x.epochs) e)"
    " || array(select (i + p.did)::text from unnest(x.ids) i)"
)


def make_room(connection: psycopg.Connection[Any]) -> None:
    """Empty drafts; plain indexes of the filled tables are noted and dropped."""
    connection.execute(DRAFT)
    connection.execute(DAMM)
    for table in ("evaluation_point", "boards_handover", "boards_contact"):
        connection.execute(EVENT_ORD.format(table=table, event="x.event_id", unless=""))
    event = "substring(x.dedupe_key from '^[eq]([0-9]+)')::bigint"
    unless = "and dedupe_key !~ '^c[0-9]'"
    connection.execute(EVENT_ORD.format(table="notices_notice", event=event, unless=unless))
    connection.execute("create table if not exists bench_index (name text, definition text)")
    connection.execute(
        """insert into bench_index
        select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
        where i.indrelid = any(%s::regclass[]) and not i.indisunique""",
        [list(SOURCES)],
    )
    for (name,) in connection.execute("select name from bench_index").fetchall():
        connection.execute(f"drop index if exists {name}")


def number(connection: psycopg.Connection[Any], citizens: int, cases: int) -> None:
    """Give every planned case its tracking code; make the citizens."""
    from peygir.calendars.jalali import to_jalali

    connection.execute("create unlogged table bench_day (day date, prefix text)")
    days = connection.execute("select distinct day from bench_draft").fetchall()
    with connection.cursor() as cursor, cursor.copy("copy bench_day from stdin") as copy:
        for (day,) in days:
            year, month, of_month = to_jalali(day)
            copy.write_row((day, f"{year % 100:02}{month:02}{of_month:02}"))
    connection.execute("set work_mem = '256MB'")
    connection.execute(PLAN)
    connection.execute("create index on bench_plan (n)")
    connection.execute("analyze bench_plan")
    connection.execute(CITIZENS, {"citizens": citizens})
    last = EVENT_FROM + cases * EVENTS_MAX
    sequence = "select setval(pg_get_serial_sequence(%s, 'id'), %s)"
    connection.execute(sequence, ["ledger_event", last])
    connection.execute(sequence, ["people_citizen", CITIZEN_FROM + citizens + 1])
    connection.execute("select setval('cases_serial', %s)", [SERIAL_NEXT])


def statements(connection: psycopg.Connection[Any]) -> list[str]:
    """One insert per table, for the planned cases from %(start)s to before %(stop)s."""
    return [_statement(connection, table) for table in SOURCES]


def _statement(connection: psycopg.Connection[Any], table: str) -> str:
    names, values = [], []
    for name, kind in columns(connection, table):
        value = _value(table, name, kind)
        if value:
            names.append(name)
            values.append(value)
    case = "join bench_cases_case c on c.t = p.t" if table in JSON else ""
    return (
        f"insert into {table} ({', '.join(names)}) select {', '.join(values)} "
        f"from bench_plan p join bench_{table} x on x.t = p.t {case} "
        "where p.n >= %(start)s and p.n < %(stop)s order by p.n, x.ord"
    )


def _value(table: str, name: str, kind: str) -> str:
    """The SQL of one column of a copy, "" for what the database numbers itself."""
    if (table, name) in OWN:
        return OWN[table, name]
    if table in IDS.get(name, ()):
        return f"x.{name} + p.did"
    if name in LEFT_OUT:
        return ""
    if JSON.get(table) == name:
        return f"case when x.fmt is not null then format(x.fmt, variadic {COMBINE})::jsonb end"
    if kind.startswith("timestamp with time zone"):
        if kind.endswith("[]"):
            return f"array(select i + p.dt from unnest(x.{name}) i)"
        return f"x.{name} + p.dt"
    return f"x.{name}"


def settle(dsn: str, processes: int) -> None:
    """Make the indexes again, two at a time, then let the planner learn what is there."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        waiting = connection.execute("select definition from bench_index").fetchall()
    todo = [definition for (definition,) in waiting]
    todo += [f"vacuum (analyze) {table}" for table in ("people_citizen",)]
    began, lock = time.monotonic(), threading.Lock()

    def work() -> None:
        with psycopg.connect(dsn, autocommit=True) as own:
            own.execute("set maintenance_work_mem = '512MB'")
            own.execute("set synchronous_commit = off")
            while True:
                with lock:
                    if not todo:
                        return
                    statement = todo.pop()
                own.execute(statement)

    for tables in (None, [f"vacuum (analyze) {table}" for table in SOURCES]):
        todo.extend(tables or [])
        threads = [threading.Thread(target=work) for _ in range(processes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("truncate bench_index")
        connection.execute("drop table if exists bench_draft, bench_plan")
    print(f"  indexes and statistics: {time.monotonic() - began:.0f} s")


def wide_log(dsn: str, size: str) -> None:
    """Let the write-ahead log grow to `size` between checkpoints ("": as before), if we may."""
    with psycopg.connect(dsn, autocommit=True) as connection, suppress(psycopg.ProgrammingError):
        how = f"= '{size}'" if size else "to default"
        connection.execute(f"alter system set max_wal_size {how}")
        connection.execute("select pg_reload_conf()")
