"""Which overlays hold, and what they change: times allowed and texts, for cases in their scope.

A process looks them up at most every LOOKS_EVERY_S seconds; a city that has prepared none is never
asked about.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q

from peygir.cases import policies
from peygir.cases.models import Case, OverlayRun
from peygir.policy.model import CityPolicy, Words
from peygir.policy.overlay import Overlay, Scope
from peygir.policy.rules_overlays import laid_over

LOOKS_EVERY_S: Final = 2.0  # how long a process may not know of one switched on
REMEMBERED: Final = timedelta(days=7)  # after its end, for messages that are still under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One overlay while it holds: from `since` until `until`, within `scope`."""

    id: int
    overlay: Overlay
    scope: Scope
    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def means(self, district: int | None, class_code: str, category: str) -> bool:
        return self.scope.holds(district, class_code, category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What decides whether a case is meant."""

    district: int | None
    class_code: str
    category: str
    sealed: bool = False


def holding(at: datetime) -> tuple[Run, ...]:
    """The overlays that hold at `at`, the one switched on last first."""
    return tuple(run for run in _recent() if run.holds(at))


def scope_of(given: Mapping[str, Any]) -> Scope:
    return Scope(
        districts=tuple(given.get("districts", ())),
        classes=tuple(given.get("classes", ())),
        categories=tuple(given.get("categories", ())),
    )


def within(row: OverlayRun) -> Q:
    """Cases that a run means; never a complaint about an official."""
    scope, meant = scope_of(row.scope), Q(sealed=False)
    if scope.districts:
        meant &= Q(district__in=scope.districts)
    if scope.classes:
        meant &= Q(class_code__in=scope.classes)
    if scope.categories:
        meant &= Q(category__in=scope.categories)
    return meant


def overlay_of(row: OverlayRun) -> Overlay:
    """What a run means, by the version under which it was asked for."""
    return policies.by_digest(row.policy).overlays[row.code]


def eased(policy: CityPolicy, subject: Subject, at: datetime) -> tuple[CityPolicy, Run | None]:
    """`policy` with the times allowed that hold for such a case at `at`, and by which overlay.

    A complaint about an official keeps its time: what holds by place and subject tells of neither.
    """
    if subject.sealed:
        return policy, None
    for run in holding(at):
        dues = run.overlay.due_by_class or run.overlay.due_by_stage
        if dues and run.means(subject.district, subject.class_code, subject.category):
            return laid_over(policy, run.overlay), run
    return policy, None


def mark(run: Run | None, plain: Iterable[Any], given: Iterable[Any]) -> dict[str, Any]:
    """Facts of the clocks that an overlay made longer or shorter: what each would have been.

    `plain` and `given`: the facts of the referrals that open, without it and with it.
    """
    if run is None:
        return {}
    dues = [
        {"number": new["number"], "plain": old["clock"]["due"]}
        for old, new in zip(plain, given, strict=True)
        if old["clock"]["due"] != new["clock"]["due"]
    ]
    return {"overlay": {"run": run.id, "dues": dues}} if dues else {}


def worded(policy: CityPolicy, at: datetime) -> CityPolicy:
    """`policy` with what the overlays that hold say instead: for pages and scripts."""
    return _said(policy, holding(at))


def worded_for(policy: CityPolicy, case_id: int | None, made_at: datetime) -> CityPolicy:
    """`policy` with the texts for a message about this case, made at that instant.

    Whenever it is delivered, it says what held when it was made.
    """
    runs = holding(made_at)
    if not runs or case_id is None:
        return policy
    fields = ("district", "class_code", "category", "sealed")
    found = Case.objects.filter(pk=case_id).values_list(*fields).first()
    if found is None or found[3]:
        return policy
    return _said(policy, tuple(run for run in runs if run.means(*found[:3])))


def _said(policy: CityPolicy, runs: tuple[Run, ...]) -> CityPolicy:
    texts: dict[str, Words] = {}
    for run in reversed(runs):
        texts |= run.overlay.texts
    return replace(policy, texts={**policy.texts, **texts}) if texts else policy


def forget() -> None:
    """Look again at the next question: a run has just changed here."""
    _looked_up.cache_clear()


def _recent() -> tuple[Run, ...]:
    if not policies.current().overlays:
        return ()
    return _looked_up(int(time.monotonic() / LOOKS_EVERY_S))


@lru_cache(maxsize=1)
def _looked_up(tick: int) -> tuple[Run, ...]:
    """Runs that hold or have held lately."""
    last = OverlayRun.objects.filter(on_at__isnull=False).order_by("-on_at").first()
    if last is None or last.on_at is None:
        return ()
    rows = OverlayRun.objects.filter(on_at__isnull=False)
    newest = rows.filter(expires_at__gt=last.on_at - REMEMBERED)
    return tuple(
        Run(
            id=row.pk,
            overlay=overlay_of(row),
            scope=scope_of(row.scope),
            since=row.on_at,
            until=min(row.expires_at, row.ended_at or row.expires_at),
        )
        for row in newest.order_by("-on_at", "-pk")[:50]
        if row.on_at is not None
    )
