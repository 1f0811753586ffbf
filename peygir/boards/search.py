"""Finding cases by code, by a reporter's phone, by words; nothing that the actor may not see.

Words go over the index of normalised text, newest first and with a time limit in the database, so
that a common word costs a page, not the server.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import OperationalError, connection, transaction

from peygir.boards import text
from peygir.boards.cases import Said, said
from peygir.calendars import codes
from peygir.calendars.persian import to_latin_digits
from peygir.cases.models import Case, CaseQuerySet
from peygir.ledger.entry import Actor
from peygir.ledger.statement import run
from peygir.people.models import Reporter

PAGE = 50
WINDOW = 2_500  # newest papers that are read through before the index of words is asked
WIDE = 25_000  # read through instead of asking the index, when it would find too many
MANY = 6_000  # papers
ENOUGH = 130  # found papers that mostly fill a page: a case has one or two
PAPERS = 400  # from the index, where few are seen by everybody
PART = 100  # of them looked up at once
ID_MAX = 2**63 - 1
TIME_MAX_MS = 3_000
CODE_DIGITS_MIN = 6  # of the beginning of a code: its date

# Whether the letters of each word stand in a text is seen much sooner than its words are made out.
RECENT: Final = """
select id, case_id from (
  select id, case_id, search from people_paper where search <> '' and id < %(below)s::bigint
  order by id desc limit %(window)s::int) newest
where search like all (%(letters)s::text[])
 and to_tsvector('simple', coalesce(search, '')) @@ to_tsquery('simple', %(wanted)s::text)
order by id desc limit %(most)s::int
"""
MATCHING: Final = """
select id, case_id from people_paper
where to_tsvector('simple', coalesce(search, '')) @@ to_tsquery('simple', %(wanted)s::text)
"""
ALL: Final = f"""
with found as materialized ({MATCHING})
select id, case_id from found where id < %(below)s::bigint order by id desc limit %(most)s::int
"""  # noqa: S608 - constants only


class TooMany(Exception):
    """The search took too long; another word or a filter makes it narrower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty values do not filter. `state`: open, closed or ""."""

    state: str = ""
    category: str = ""
    district: int | None = None
    unit: str = ""  # that answers for the work


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    cases: Sequence[Case]
    said: Mapping[int, Said]
    older: str  # id to continue below, "" when this is all


def code_of(typed: str) -> str:
    """The 12 digits of a whole code, whichever digits and separators; "" if it is none."""
    try:
        return codes.check(typed)
    except codes.CodeError:
        return ""


def by_code_start(actor: Actor, typed: str, filters: Filters, *, below: int | None) -> Found | None:
    """Cases whose code begins with these digits; None when `typed` is not a part of a code."""
    digits = "".join(c for c in to_latin_digits(typed) if c not in " -_/.\N{ZWNJ}")
    if not (
        digits.isascii() and digits.isdigit() and CODE_DIGITS_MIN <= len(digits) <= codes.LENGTH
    ):
        return None
    return _page(_visible(actor, filters).filter(code__startswith=digits), below)


def by_phone(actor: Actor, phone: str, filters: Filters, *, below: int | None) -> Found:
    """Cases that the citizen with this number (E.164) reported."""
    own = Reporter.objects.filter(citizen__phone=phone)
    return _page(_visible(actor, filters).filter(pk__in=own.values("case_id")), below)


def by_words(actor: Actor, words: str, filters: Filters, *, below: int | None) -> Found:
    """Cases in whose report or address all `words` stand, newest papers first. Raises TooMany.

    `below` and `older` are ids of papers here: the page is cut where the words were found, so that
    a word that stands everywhere is read no further than the page needs.
    """
    wanted = text.expression(words)
    if not wanted:
        return Found(cases=[], said={}, older="")
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "select set_config('statement_timeout', %s, true)", [str(TIME_MAX_MS)]
                )
            found = _by_papers(_visible(actor, filters), wanted, below)
            with connection.cursor() as cursor:
                cursor.execute("select set_config('statement_timeout', '0', true)")
            return found
    except OperationalError as slow:
        raise TooMany from slow


def _by_papers(cases: CaseQuerySet, wanted: str, below: int | None) -> Found:
    """The newest papers are read through; only if they do not fill the page is the index asked.

    So a frequent word costs a short way back in time, and a rare one, or a rare pair of frequent
    ones, costs its few places.
    """
    last = ID_MAX if below is None else min(below, ID_MAX)
    shown: dict[int, Case] = {}
    lowest: dict[int, int] = {}  # case -> its lowest paper so far
    more = False
    for query, given in _tries(wanted):
        rows = run(query, {**given, "below": last})
        more = len(rows) == given["most"]
        for start in range(0, len(rows), PART):
            part = rows[start : start + PART]
            _gather(cases, part, shown, lowest)
            if len(shown) > PAGE:
                break
        if len(shown) > PAGE:
            break
    page = list(shown.values())[:PAGE]
    reached = min((lowest[case.pk] for case in page), default=0)
    older = str(reached) if page and (more or len(shown) > PAGE) else ""
    return Found(cases=page, said=said(case.pk for case in page), older=older)


def _tries(wanted: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ways to find papers, the cheapest first, each with its values."""
    letters = [f"%{word.removesuffix(':*')}%" for word in wanted.split(" & ")]
    given = {"wanted": wanted, "letters": letters, "window": WINDOW, "most": ENOUGH}
    yield RECENT, given
    # Among several words, only whole ones: for the beginning of a word the index can but name
    # every paper that has the others, and each would have to be read.
    whole = wanted.removesuffix(":*") if " & " in wanted else wanted
    if _expected(whole) > MANY:
        yield RECENT, given | {"window": WIDE}
    else:
        yield ALL, {"wanted": whole, "most": PAPERS}


def _expected(wanted: str) -> int:
    """How many papers the planner thinks will match."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {MATCHING}", {"wanted": wanted})
        plan = cursor.fetchone()[0]
    found = orjson.loads(plan) if isinstance(plan, str) else plan
    return int(found[0]["Plan"]["Plan Rows"])


def _gather(
    cases: CaseQuerySet,
    papers: Sequence[tuple[int, int]],
    shown: dict[int, Case],
    lowest: dict[int, int],
) -> None:
    """Add the visible cases of `papers` (id, case id; newest first) in their order."""
    unknown = {case_id for _, case_id in papers} - set(shown)
    visible = cases.in_bulk(list(unknown))
    for paper_id, case_id in papers:
        lowest[case_id] = min(paper_id, lowest.get(case_id, paper_id))
        if case_id in visible:
            shown.setdefault(case_id, visible[case_id])


def _visible(actor: Actor, filters: Filters) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.visible_to(actor)
    if filters.state:
        found = found.filter(closed_at__isnull=filters.state == "open")
    plain = {
        "category": filters.category,
        "district": filters.district,
        "executive_unit": filters.unit,
    }
    return found.filter(**{name: value for name, value in plain.items() if value not in ("", None)})


def _page(cases: CaseQuerySet, below: int | None) -> Found:
    if below is not None:
        cases = cases.filter(pk__lt=below)
    rows = list(cases.order_by("-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    older = str(shown[-1].pk) if len(rows) > PAGE else ""
    return Found(cases=shown, said=said(case.pk for case in shown), older=older)
