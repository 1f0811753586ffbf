"""Finding cases by code, by a reporter's phone, by words; nothing that the actor may not see.

Words go over the index of normalised text, newest first and with a time limit in the database, so
that a common word costs a page, not the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from peygir.boards import text
from peygir.boards.cases import Said, said
from peygir.calendars import codes
from peygir.calendars.persian import to_latin_digits
from peygir.cases.models import Case, CaseQuerySet
from peygir.ledger.entry import Actor
from peygir.people.models import Paper, Reporter

PAGE = 50
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
    """Cases in whose report or address all `words` stand. Raises TooMany."""
    wanted = text.query(words)
    if wanted is None:
        return Found(cases=[], said={}, older="")
    papers = text.matching(Paper.objects.all(), wanted)
    cases = _visible(actor, filters).filter(pk__in=papers.values("case_id"))
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "select set_config('statement_timeout', %s, true)", [str(TIME_MAX_MS)]
                )
            found = _page(cases, below)
            with connection.cursor() as cursor:
                cursor.execute("select set_config('statement_timeout', '0', true)")
            return found
    except OperationalError as slow:
        raise TooMany from slow


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
