"""The inbox (کارتابل): what waits at some units, soonest deadline first, and what was told upwards.

A row is a live clock of a referral. Its unit is one that the actor sees, and `Case.visible_to`
gives every case that such a unit ever held: the filter on units here is the narrower one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from peygir.boards import text
from peygir.boards.cases import Said, said
from peygir.cases import policies
from peygir.cases.models import Case, Clock, Referral
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.ledger.entry import Actor
from peygir.people import organisation
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import CLIMBED

PAGE = 50
WIDE_MAX = 20  # units that one inbox reads at once; above, the reader first chooses one
TOLD_MAX = 20
#: Instants that no row shows: reading them takes longer than all the rest.
UNSEEN = (
    "due_ats", "next_due_at", "paused_at", "paused_until", "stopped_at",
    "case__closed_at", "case__determined_at", "case__informed_at",
)  # fmt: skip
FIRST = datetime.min.replace(tzinfo=UTC)  # before everything
#: The first of each unit by the index of live clocks, where all of a large unit would be sorted;
#: without what `_hidden` names.
SOONEST = """
select k.id from unnest(%s::text[]) as u(unit) cross join lateral (
  select c.id, c.due_at from cases_clock c
  where c.unit = u.unit and c.state in (1, 2) and c.number > 0
   and (c.due_at, c.id) > (%s::timestamptz, %s::bigint)
   and not exists (select 1 from cases_case s
    where s.id = c.case_id and s.sealed and s.about_post = any(%s::text[]))
  order by c.due_at, c.id limit %s) k
order by k.due_at, k.id limit %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader asked for; empty values do not filter. `band`: late, today or ""."""

    unit: str = ""
    stage: str = ""
    category: str = ""
    class_code: str = ""
    district: int | None = None
    band: str = ""
    words: str = ""
    long_running: bool = False
    returned: bool = False
    cycled: bool = False
    proposed: bool = False
    mine: bool = False
    named: bool = False  # only what names a post of the reader's

    @property
    def any(self) -> bool:
        return self != Filters()

    @property
    def narrows(self) -> bool:
        """Whether they leave out some of what waits at the units that are read."""
        return replace(self, unit="", mine=False) != Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One waiting referral. `role`: lead or co; `proposal`: step that waits for the head, or ""."""

    clock: Clock
    case: Case
    stage: str
    role: str
    proposal: str
    said: Said
    post: str = ""  # the post that must act, "" when anybody of the unit may
    climbed: bool = False  # it came from below, unanswered
    told: str = ""  # post that was told last, for the band of what climbed


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Open referrals only; closed ones are never counted here."""

    late: int = 0
    today: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    rows: Sequence[Row]
    told: Sequence[Row]
    counts: Counts
    older: str  # key of the next page, "" when this is the last
    units: frozenset[str] = field(default_factory=frozenset)


def units_of(actor: Actor, filters: Filters) -> frozenset[str]:
    """Whose inbox this is: the chosen unit, or the own ones and, for a head, those below."""
    if filters.unit:
        return frozenset({filters.unit}) & actor.sees
    if filters.mine or not actor.heads or len(actor.sees) > WIDE_MAX:
        return actor.units
    return actor.sees


def read(
    policy: CityPolicy,
    actor: Actor,
    filters: Filters,
    *,
    at: datetime,
    day_ends: datetime,
    after: str,
) -> Inbox:
    """One page in five queries. `after`: the `older` key of the page before, or "".

    `day_ends`: when the reader's day is over. Raises ValueError for a key that is none of ours.
    """
    units = units_of(actor, filters)
    everything = Clock.objects.filter(unit__in=units, state__in=(RUNNING, PAUSED), number__gt=0)
    if filters.named:
        own = Referral.objects.filter(number=OuterRef("number"), post__in=actor.posts)
        everything = everything.filter(Exists(own.filter(case=OuterRef("case"))))
    live = everything.exclude(_hidden(actor))
    late = Q(state=RUNNING, due_at__lte=at)
    today = Q(state=RUNNING, due_at__gt=at, due_at__lt=day_ends)
    bands = {"late": Count("unit", late), "today": Count("unit", today), "open": Count("*")}
    # By a column of the index, which alone is read; what is hidden is rare and taken off.
    hidden = everything.filter(_hidden(actor), case__closed_at=None).aggregate(**bands)
    counted = {name: count - hidden[name] for name, count in everything.aggregate(**bands).items()}
    last = _last(after) if after else None
    if filters.narrows:
        wanted = _filtered(policy, live, filters, late=late, today=today)
        if last:
            wanted = wanted.filter(Q(due_at__gt=last[0]) | Q(due_at=last[0], pk__gt=last[1]))
    else:
        wanted = Clock.objects.filter(pk__in=_soonest(units, actor, last or (FIRST, 0)))
    clocks = list(_with_referral(wanted).order_by("due_at", "pk")[: PAGE + 1])
    climbed = [] if after or filters.any else told(policy, actor, at=at)
    words = said({clock.case_id for clock in [*clocks, *climbed]})
    older = (
        f"{clocks[PAGE - 1].due_at.timestamp():.6f}-{clocks[PAGE - 1].pk}"
        if len(clocks) > PAGE
        else ""
    )
    return Inbox(
        rows=[_row(clock, words) for clock in clocks[:PAGE]],
        told=[_row(clock, words, policy=policy) for clock in climbed],
        counts=Counts(**counted),
        older=older,
        units=units,
    )


def _hidden(actor: Actor) -> Q:
    """Clocks of complaints about this reader or somebody above them (T7)."""
    return Q(case__sealed=True, case__about_post__in=actor.above)


def told(policy: CityPolicy, actor: Actor, *, at: datetime) -> list[Clock]:
    """Late clocks of other units that have told a post which this person heads, oldest first."""
    posts = [p.code for p in policy.organisation.posts.values() if p.head and p.unit in actor.heads]
    if not posts:
        return []
    named = _telling(policy.digest, frozenset(posts))
    if not named:
        return []
    climbing = Clock.objects.filter(state=RUNNING, due_at__lte=at, rung__gt=F("warnings"))
    seen = climbing.exclude(unit__in=actor.units).exclude(case__sealed=True)
    found = _with_referral(seen.filter(named))
    once: dict[int, Clock] = {}
    for clock in found.order_by("due_at", "pk")[: 2 * TOLD_MAX]:
        once.setdefault(clock.case_id, clock)
    return list(once.values())[:TOLD_MAX]


@lru_cache(maxsize=256)
def _telling(digest: str, posts: frozenset[str]) -> Q:
    """Clocks that have told one of `posts`: for each unit, from which threshold on it does."""
    policy = policies.by_digest(digest)
    wanted = Q()
    for ladder, of_citizen in ((policy.ladder, False), (policy.citizen_ladder, True)):
        groups: dict[int, list[str]] = {}
        for unit in policy.organisation.units:
            names = organisation.told(policy, unit, ladder)
            for rung, (threshold, name) in enumerate(zip(ladder.thresholds, names, strict=True), 1):
                if name in posts and threshold.kind != "warning":
                    groups.setdefault(rung, []).append(unit)
                    break
        for rung, units in groups.items():
            own = Q(number=0) if of_citizen else Q(number__gt=0)
            wanted |= own & Q(unit__in=units, rung__gte=rung)
    return wanted


def _filtered(
    policy: CityPolicy, live: QuerySet[Clock], filters: Filters, *, late: Q, today: Q
) -> QuerySet[Clock]:
    plain = {
        "case__category": filters.category,
        "case__class_code": filters.class_code,
        "case__district": filters.district,
    }
    wanted = live.filter(
        **{name: value for name, value in plain.items() if value not in ("", None)}
    )
    if filters.stage:
        at_stage = Referral.objects.filter(number=OuterRef("number"), stage=filters.stage)
        wanted = wanted.filter(Exists(at_stage.filter(case=OuterRef("case"))))
    if filters.band:
        wanted = wanted.filter(late if filters.band == "late" else today)
    if filters.long_running:
        slow = [c.code for c in policy.categories.values() if c.long_running]
        wanted = wanted.filter(case__category__in=slow)
    if filters.returned:
        wanted = wanted.filter(case__returns__gt=0)
    if filters.cycled:
        wanted = wanted.filter(case__cycle__gt=1)
    if filters.proposed:
        waiting = Referral.objects.filter(proposal__isnull=False, closed_at=None)
        wanted = wanted.filter(case__in=waiting.values("case"))
    if filters.words:
        query = text.query(filters.words)
        papers = text.matching(Paper.objects.all(), query) if query else Paper.objects.none()
        wanted = wanted.filter(case__in=papers.values("case_id"))
    return wanted


def _with_referral(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    own = Referral.objects.filter(case=OuterRef("case"), number=OuterRef("number"))
    return (
        clocks.select_related("case")
        .defer(*UNSEEN)
        .annotate(
            role=Subquery(own.values("role")[:1]),
            referral_stage=Subquery(own.values("stage")[:1]),
            proposal=Subquery(own.values("proposal__step")[:1]),
            post=Subquery(own.values("post")[:1]),
            climbed=Exists(
                Referral.objects.filter(
                    case=OuterRef("case"), number=OuterRef("number") - 1, outcome=CLIMBED
                )
            ),
        )
    )


def _row(clock: Any, words: Mapping[int, Said], policy: CityPolicy | None = None) -> Row:
    """`clock` carries what `_with_referral` added; `policy`: where the told post is wanted."""
    post = ""
    if policy is not None and clock.unit in policy.organisation.units:
        ladder = policy.citizen_ladder if clock.number == 0 else policy.ladder
        rung = ladder.thresholds[min(clock.rung, len(ladder.thresholds)) - 1]
        post = rung.told
    return Row(
        clock=clock,
        case=clock.case,
        stage=clock.referral_stage or clock.case.stage,
        role=clock.role or "lead",
        proposal=clock.proposal or "",
        said=words.get(clock.case_id, Said()),
        told=post,
        post=clock.post or "",
        climbed=clock.climbed,
    )


def _soonest(units: frozenset[str], actor: Actor, last: tuple[datetime, int]) -> RawSQL:
    given = [sorted(units), *last, sorted(actor.above), PAGE + 1, PAGE + 1]
    return RawSQL(SOONEST, given)  # noqa: S611 - a constant; values are passed apart


def _last(key: str) -> tuple[datetime, int]:
    """When the last row of the page before was due, and its id. Raises ValueError."""
    due, _, pk = key.rpartition("-")
    if not (pk.isascii() and pk.isdigit()) or len(key) > 60:
        raise ValueError("not a page key")
    return datetime.fromtimestamp(float(due), UTC), min(int(pk), 2**63 - 1)


def codes(rows: Iterable[Row]) -> list[str]:
    return [row.case.code for row in rows]
