"""Finding cases by code, by a reporter's phone, by words; nothing that the actor may not see.

Words go over the index of normalised text, newest first and with a time limit in the database, so
that a common word costs a page, not the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import OperationalError, connection, transaction

from peygir.boards import text
from peygir.boards.cases import Said, said
from peygir.calendars import codes
from peygir.calendars.persian import to_latin_digits
from peygir.cases.models import Case, CaseQuerySet
from peygir.ledger.entry import Actor
from peygir.people.models import Paper, Reporter

PAGE = 50
PAPERS = 60  # looked at in one go; a case has one or two that match
TIME_MAX_MS = 3_000
CODE_DIGITS_MIN = 6  # of the beginning of a code: its date


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
    wanted = text.query(words)
    if wanted is None:
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


def _by_papers(cases: CaseQuerySet, wanted: SearchQuery, below: int | None) -> Found:
    papers = text.matching(Paper.objects.exclude(search=""), wanted).order_by("-pk")
    shown: dict[int, Case] = {}
    lowest: dict[int, int] = {}  # case -> its lowest paper so far
    more = True
    while more and len(shown) <= PAGE:
        part = papers if below is None else papers.filter(pk__lt=below)
        rows = list(part.values_list("pk", "case_id")[:PAPERS])
        more = len(rows) == PAPERS
        visible = cases.in_bulk([case_id for _, case_id in rows if case_id not in shown])
        for paper_id, case_id in rows:
            below = lowest[case_id] = paper_id  # the next part goes on from here
            if case_id in visible:
                shown.setdefault(case_id, visible[case_id])
    page = list(shown.values())[:PAGE]
    older = str(min(lowest[case.pk] for case in page)) if more or len(shown) > PAGE else ""
    return Found(cases=page, said=said(case.pk for case in page), older=older if page else "")


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
