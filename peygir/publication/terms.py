"""Who holds an office, as the public log is told: term 1, 2, 3 … since when, and never who.

A leaf when another person begins to hold an office, and one when nobody does. What the log says is
compared with the tenures whenever somebody is put into a post or leaves it, in that transaction,
and again and again by the worker, for tenures that begin by themselves.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from peygir.cases import policies
from peygir.ledger.entry import Recorded
from peygir.ledger.log import queue
from peygir.ledger.statement import run
from peygir.people.models import Tenure
from peygir.policy.model import CityPolicy
from peygir.publication.models import ToldTerm
from peygir.publication.shape import VERSION, check
from peygir.verify.terms import OFFICE_VACANT, TERM_BEGAN

CHANGES: Final = frozenset({"staff.tenure_started", "staff.tenure_ended"})
#: Kinds of units whose heads are offices; desks take calls, and councils stand beside the city.
LED: Final = frozenset({"mayor", "deputy", "district", "organisation", "department", "centre"})

LOCK: Final = 0x137_7E12  # of the database's advisory locks: one change is told at a time

Held = tuple[datetime, int | None]  # from when on, and by whom (None: nobody)


def offices(policy: CityPolicy) -> list[str]:
    """The posts whose terms are public: heads of units. None where the policy wants none."""
    if not policy.scores.terms:
        return []
    chart = policy.organisation
    return sorted(
        post.code
        for post in chart.posts.values()
        if post.head and chart.units[post.unit].kind in LED
    )


def project(batch: Sequence[Recorded]) -> None:
    """Tell what a change of tenures changes, in its transaction."""
    changed = {event.facts["post"] for event in batch if event.kind in CHANGES}
    if changed:
        policy, at = policies.current(), max(event.happened_at for event in batch)
        tell(policy, at=at, only=changed & set(offices(policy)))


@transaction.atomic
def tell(policy: CityPolicy, *, at: datetime, only: Iterable[str] | None = None) -> int:
    """Queue a leaf for each term or vacancy that has begun and was not told; how many.

    `only`: of these offices; None: of all.
    """
    codes = sorted(offices(policy) if only is None else only)
    run("select pg_advisory_xact_lock(%s::bigint)", (LOCK,))
    told = {each.post: each for each in ToldTerm.objects.filter(post__in=codes).order_by("id")}
    tenures: dict[str, list[Tenure]] = {}
    for tenure in Tenure.objects.filter(post__in=codes, since__lte=at).order_by("since", "id"):
        tenures.setdefault(tenure.post_id, []).append(tenure)
    count = 0
    for post in codes:
        last = told.get(post)
        for since, holder in _untold(_changes(tenures.get(post, []), at), last):
            last = _tell(post, last, since, holder)
            count += 1
    return count


def _untold(changes: Sequence[Held], last: ToldTerm | None) -> Iterator[Held]:
    """What changed since `last`; of an office never told of, who holds it now."""
    now = changes[-1][1] if changes else None
    if last is None:
        yield from (one for one in changes[-1:] if now is not None)
        return
    holder = last.holder
    for since, other in changes:
        if since > last.since and other != holder:
            yield since, other
            holder = other
    if now != holder:  # entered for a time before what was told already
        yield last.since, now


def _changes(tenures: Sequence[Tenure], at: datetime) -> list[Held]:
    """From when on who held an office, oldest first. Of several, who has held it longest."""
    edges = {each.since for each in tenures} | {each.until for each in tenures if each.until}
    found: list[Held] = []
    for edge in sorted(edge for edge in edges if edge <= at):
        holders = (
            each.staff_id
            for each in tenures
            if each.since <= edge and (each.until is None or each.until > edge)
        )
        holder = next(holders, None)
        if not found or found[-1][1] != holder:
            found.append((edge, holder))
    return found


def _tell(post: str, last: ToldTerm | None, since: datetime, holder: int | None) -> ToldTerm:
    number = (0 if last is None else last.number) + (holder is not None)
    body = {
        "t": OFFICE_VACANT if holder is None else TERM_BEGAN,
        "v": VERSION,
        "post": post,
        "term": number,
        "since": int(since.timestamp()),
    }
    check(body)
    queue.propose(body)
    return ToldTerm.objects.create(post=post, number=number, since=since, holder=holder)
