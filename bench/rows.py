"""Which rows did a registration write, and the same as a pgbench script."""

from typing import Any, Final

from django.db import connection

#: Order of writing; tables of Django's own (sessions) are not part of a registration.
TABLES: Final = (
    "people_citizen", "people_throttle", "people_reporter", "people_casekey", "people_paper",
    "ledger_event", "cases_case", "cases_referral", "cases_clock", "people_onetimecode",
    "notices_notice", "evaluation_point", "channel_api_handedover",
)  # fmt: skip
APP_IDS: Final = 10**17
HEAD: Final = """\\set case random(1000000000000000000, 8000000000000000000)
\\set n random(1, 999999999999)
"""
#: Columns that are unique: how each copy gets a value of its own.
UNIQUE: Final = {
    ("cases_case", "code"): "lpad((:n::bigint)::text, 12, '9')",
    ("people_citizen", "phone"): "'+98902' || lpad((:n::bigint)::text, 12, '0')",
    ("channel_api_handedover", "reference"): "'x' || :case::bigint",
    ("notices_notice", "dedupe_key"): "'x' || :case::bigint || ':{at}'",
    ("people_throttle", "key"): "'x' || :case::bigint || ':{at}'",
}


def written() -> int:
    """A mark: rows written later belong to a later transaction than this."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def script(since: int) -> str:
    """The pgbench script of every row written after the mark `since`."""
    found = {table: _rows(table, since) for table in TABLES}
    assert len(found["cases_case"]) == 1, "exactly one registration may happen meanwhile"
    case_id = int(found["cases_case"][0]["id"])
    statements = [
        _insert(table, row, case_id, at)
        for table, rows in found.items()
        for at, row in enumerate(rows)
    ]
    return HEAD + "begin;\n" + "".join(statements) + "commit;\n"


def _rows(table: str, since: int) -> list[dict[str, Any]]:
    """Rows as name -> text (None: null)."""
    names = _types(table)
    with connection.cursor() as cursor:
        texts = ", ".join(f'x."{name}"::text' for name in names)
        cursor.execute(f"select {texts} from {table} x where xmin::text::bigint > %s", [since])
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _types(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            [table],
        )
        return dict(cursor.fetchall())


def _insert(table: str, row: dict[str, Any], case_id: int, at: int) -> str:
    types = _types(table)
    names, values = [], []
    for name, text in row.items():
        if name == "id" and (text is None or int(text) < APP_IDS):
            continue
        names.append(f'"{name}"')
        values.append(_value(table, name, text, types[name], case_id, at))
    back = " returning id as citizen \\gset\n" if table == "people_citizen" else ";\n"
    return f"insert into {table} ({', '.join(names)}) values ({', '.join(values)}){back}"


def _value(table: str, name: str, text: str | None, kind: str, case_id: int, at: int) -> str:
    if (table, name) in UNIQUE:
        return UNIQUE[table, name].format(at=at)
    if text is None:
        return "null"
    if name == "citizen_id":
        return ":citizen"
    if kind == "bigint" and int(text) >= APP_IDS:
        return ":case" if int(text) == case_id else f"(:case::bigint + {at + 1})"
    quoted = text.replace("'", "''")
    # pgbench reads a colon before a letter as a variable; JSON and times have theirs before digits.
    return f"E'{_escaped(quoted)}'::{kind}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\x3a")
