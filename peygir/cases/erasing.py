"""Erasing a closed case: on a lawful wish, by two people; by age, as the city's files say.

An open case keeps its words: somebody still has to read what is to be done.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from peygir.cases import may, policies
from peygir.cases.models import Case
from peygir.ledger.entry import SYSTEM, Actor, Entry
from peygir.ledger.projectors import project
from peygir.ledger.statement import run
from peygir.ledger.write import append
from peygir.people import erasing
from peygir.people.models import CaseKey, Erasure
from peygir.people.models.erasures import ASKED, DONE, WITHDRAWN

PAGE: Final = "erasures"
ADMIN: Final = "admin"
BATCH: Final = 50  # cases that one turn erases

#: Why a person may ask; `AGE` is the worker's.
REASONS: Final = {
    "request": gettext_noop("the citizen asked for it"),
    "order": gettext_noop("a court or an authority ordered it"),
    "mistake": gettext_noop("it holds what should never have been written down"),
}
AGE: Final = "age"

# Index case_kept: neither what was erased nor what is not old yet is read.
OLD: Final = """
select id from cases_case where closed_at is not null
 and (erased_at is null or erased_at < closed_at) and closed_at < %s
order by closed_at limit %s
"""


class CannotErase(Exception):
    """`code`: unknown, not_allowed, open, erased, already, nobody_asked, same_person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def ask(code: str, reason: str, *, actor: Actor, at: datetime) -> Erasure:
    """Ask that the case with this tracking code be erased; somebody else has to confirm."""
    if reason not in REASONS:
        raise CannotErase("unknown")
    case = _erasable(code, actor)
    try:
        with transaction.atomic():
            wish = Erasure.objects.create(
                case_id=case.pk,
                reason=reason,
                asked_post=actor.post,
                asked_by=actor.staff_id,
                asked_at=at,
            )
    except IntegrityError:
        raise CannotErase("already") from None
    _tell("erasure.asked", case, {"reason": reason}, actor, at)
    return wish


@transaction.atomic
def confirm(code: str, *, actor: Actor, at: datetime) -> None:
    """The second person says yes: from here on nobody can read it."""
    case = _erasable(code, actor)
    wish = _wish(case)
    if actor.staff_id is None or actor.staff_id == wish.asked_by:
        raise CannotErase("same_person")
    _end(wish, DONE, actor, at)
    _erase(case, reason=wish.reason, actor=actor, at=at)


@transaction.atomic
def at_once(code: str, reason: str, *, first: Actor, second: Actor, at: datetime) -> None:
    """Both say so in one breath, at the server."""
    ask(code, reason, actor=first, at=at)
    confirm(code, actor=second, at=at)


@transaction.atomic
def withdraw(code: str, *, actor: Actor, at: datetime) -> None:
    """Nothing is erased: whoever asked, or the second person, says no."""
    case = _found(code, actor)
    _end(_wish(case), WITHDRAWN, actor, at)
    _tell("erasure.withdrawn", case, {}, actor, at)


def by_age(*, at: datetime) -> int:
    """Erase cases, at most `BATCH`, that were closed longer ago than the city keeps words; how
    many. Who called as long ago about no case is forgotten too."""
    months = kept_months()
    if months is None:
        return 0
    before = months_before(at, months)
    found = [case for (case,) in run(OLD, [before, BATCH])]
    for case_id in found:
        _erase_old(case_id, before, at)
    erasing.forget_old(before)
    return len(found)


def kept_months() -> int | None:
    """How long after its closing a case keeps its words; None: until somebody asks."""
    limits: Any = policies.current().city["limits"]
    months: int | None = limits.get("keep_months")
    return months


def months_before(at: datetime, months: int) -> datetime:
    """The same time of day so many months earlier, at the month's end where it has no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def wishes(actor: Actor) -> list[tuple[Erasure, Case]]:
    """What waits for a second person, oldest first, with its case."""
    found = list(Erasure.objects.filter(state=ASKED).order_by("asked_at"))
    return _with_cases(found, actor)


def done(actor: Actor, most: int) -> list[tuple[Erasure, Case]]:
    """What was erased or refused last."""
    found = list(Erasure.objects.exclude(state=ASKED).order_by("-ended_at")[:most])
    return _with_cases(found, actor)


@transaction.atomic
def _erase_old(case_id: int, before: datetime, at: datetime) -> None:
    kept = Q(erased_at=None) | Q(erased_at__lt=F("closed_at"))
    case = Case.objects.select_for_update().filter(kept, pk=case_id, closed_at__lt=before).first()
    if case is None:
        return  # opened again meanwhile, or erased by another worker
    wish = Erasure.objects.select_for_update().filter(case_id=case_id, state=ASKED).first()
    if wish is not None:  # the time it waited for has come
        wish.delete()
    Erasure.objects.create(case_id=case_id, reason=AGE, state=DONE, asked_at=at, ended_at=at)
    _erase(case, reason=AGE, at=at)


def _erase(case: Case, *, reason: str, at: datetime, actor: Actor = SYSTEM) -> None:
    Case.objects.filter(pk=case.pk).update(erased_at=at)
    erasing.erase(case.pk, reason=reason, actor=actor, at=at)


def _erasable(code: str, actor: Actor) -> Case:
    case = _found(code, actor)
    if case.closed_at is None:
        raise CannotErase("open")
    if not CaseKey.objects.filter(case_id=case.pk).exists():
        raise CannotErase("erased")
    return case


def _found(code: str, actor: Actor) -> Case:
    """The case, locked, if this person may ask or confirm its erasure."""
    if not may.open_page(actor, PAGE):
        raise CannotErase("not_allowed")
    case = Case.objects.select_for_update().filter(code=code).first()
    if case is None or not _is_shown(case, actor):
        raise CannotErase("unknown")
    return case


def _is_shown(case: Case, actor: Actor) -> bool:
    """Whoever keeps the system sees no case, but may erase those that are not sealed."""
    if ADMIN in actor.roles and not case.sealed:
        return True
    return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def _with_cases(found: Sequence[Erasure], actor: Actor) -> list[tuple[Erasure, Case]]:
    cases = Case.objects.in_bulk([each.case_id for each in found])
    seen = set(Case.objects.visible_to(actor).filter(pk__in=cases).values_list("pk", flat=True))
    if ADMIN in actor.roles:
        seen |= {pk for pk, case in cases.items() if not case.sealed}
    return [(each, cases[each.case_id]) for each in found if each.case_id in seen]


def _wish(case: Case) -> Erasure:
    wish = Erasure.objects.select_for_update().filter(case_id=case.pk, state=ASKED).first()
    if wish is None:
        raise CannotErase("nobody_asked")
    return wish


def _end(wish: Erasure, state: str, actor: Actor, at: datetime) -> None:
    wish.state, wish.ended_at = state, at
    wish.ended_post, wish.ended_by = actor.post, actor.staff_id
    wish.save()


def _tell(kind: str, case: Case, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    entry = Entry(
        subject="erasure",
        subject_id=case.pk,
        kind=kind,
        actor=actor,
        happened_at=at,
        policy=case.policy,
        facts=facts,
    )
    project(append([entry]))
