"""The organisation as rows: taken over from an adopted policy, and asked who may act for whom."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q

from peygir.ledger.entry import Actor
from peygir.ledger.statement import run
from peygir.people.models import Delegation, Post, Staff, Tenure, Unit
from peygir.policy.model import CityPolicy, Ladder

# Asked by every page of the staff: the posts of a person, each with the units under its unit.
FILLED: Final = """
with recursive held as (
  select p.code, p.unit_id, p.roles, p.head from people_post p
  where p.code in (
    select t.post_id from people_tenure t where t.staff_id = %(staff)s::bigint
     and t.since <= %(at)s::timestamptz and (t.until is null or t.until > %(at)s::timestamptz)
    union all
    select d.post_id from people_delegation d where d.staff_id = %(staff)s::bigint
     and d.since <= %(at)s::timestamptz and d.until > %(at)s::timestamptz)),
 under as (
  select distinct unit_id as root, unit_id::varchar as code from held
  union
  select a.root, u.code from under a join people_unit u on u.parent_id = a.code),
 over as (
  select code as root, code from held
  union
  select o.root, p.superior_id from over o join people_post p on p.code = o.code
  where p.superior_id is not null)
select h.code, h.unit_id, h.roles, h.head,
 (select array_agg(a.code) from under a where a.root = h.unit_id),
 (select array_agg(o.code) from over o where o.root = h.code)
from held h order by h.code
"""


def take_over(policy: CityPolicy) -> None:
    """Bring units and posts to what `policy` says; what it no longer names stays, marked not
    open."""
    org = policy.organisation
    Unit.objects.exclude(code__in=org.units).update(is_open=False)
    Post.objects.exclude(code__in=org.posts).update(is_open=False)
    Unit.objects.bulk_create(
        [_unit(policy, code) for code in _parents_first(policy)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "kind",
            "fa",
            "en",
            "parent",
            "district",
            "function",
            "scored",
            "ladder",
            "citizen_ladder",
            "is_open",
        ],
    )
    Post.objects.bulk_create(
        [_post(policy, code) for code in _superiors_first(policy)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["unit", "fa", "en", "superior", "roles", "head", "is_open"],
    )


def add(policy: CityPolicy) -> None:
    """Add the units and posts that are new in `policy`; those there are stay as they are."""
    Unit.objects.bulk_create(
        [_unit(policy, code) for code in _parents_first(policy)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["is_open"],
    )
    Post.objects.bulk_create(
        [_post(policy, code) for code in _superiors_first(policy)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["is_open"],
    )


def told(policy: CityPolicy, unit: str, ladder: Ladder) -> list[str]:
    """The post that learns of each threshold of a clock that `unit` holds, in the ladder's
    order."""
    return [_told(policy, unit, threshold.told) for threshold in ladder.thresholds]


def actor_of(staff: Staff, *, at: datetime) -> Actor:
    """What this person may act as at `at`: the posts they fill or stand in for, the units of
    those."""
    posts = run(FILLED, {"staff": staff.pk, "at": at})
    return Actor(
        kind="post",
        post=posts[0][0] if posts else "",
        staff_id=staff.pk,
        roles=frozenset(role for post in posts for role in post[2]),
        units=frozenset(post[1] for post in posts),
        heads=frozenset(post[1] for post in posts if post[3]),
        sees=frozenset(unit for post in posts for unit in post[4]),
        posts=frozenset(post[0] for post in posts),
        above=frozenset(code for post in posts for code in post[5]),
    )


def below(units: Iterable[str]) -> frozenset[str]:
    """`units` and every unit under them."""
    found, wave = set(units), set(units)
    while wave:
        wave = set(Unit.objects.filter(parent__in=wave).values_list("code", flat=True)) - found
        found |= wave
    return frozenset(found)


def holders(post: str, *, at: datetime) -> list[Staff]:
    """Who answers for a post at `at`: its substitutes while there are any, else those who fill
    it."""
    now = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    stand_ins = Delegation.objects.filter(now, post=post, staff__is_active=True)
    if stand_ins:
        return [each.staff for each in stand_ins.select_related("staff")]
    tenures = Tenure.objects.filter(now, post=post, staff__is_active=True).select_related("staff")
    return [each.staff for each in tenures]


def _unit(policy: CityPolicy, code: str) -> Unit:
    unit = policy.organisation.units[code]
    return Unit(
        code=code,
        kind=unit.kind,
        fa=unit.words.fa,
        en=unit.words.en,
        parent_id=unit.parent,
        district=unit.district,
        function=unit.function or "",
        scored=policy.organisation.scored(code),
        ladder=told(policy, code, policy.ladder),
        citizen_ladder=told(policy, code, policy.citizen_ladder),
        is_open=True,
    )


def _post(policy: CityPolicy, code: str) -> Post:
    post = policy.organisation.posts[code]
    return Post(
        code=code,
        unit_id=post.unit,
        fa=post.words.fa,
        en=post.words.en,
        superior_id=post.superior,
        roles=list(post.roles),
        head=post.head,
        is_open=True,
    )


def _told(policy: CityPolicy, unit: str, word: str) -> str:
    """Resolve a word of the ladder to a post, going up from the unit's head."""
    org = policy.organisation
    chain = _chain(policy, org.head_of(unit))
    if word == "unit_head":
        return chain[0]
    if word == "mayor" or org.units[org.posts[chain[-1]].unit].kind == "council":
        return chain[-1]
    if word == "deputy" and unit in policy.impartial:  # nobody aside learns of a sealed complaint
        return chain[-1]
    if word == "deputy":
        return _deputy(policy, unit, chain)
    scored = org.head_of(org.scored(unit))
    return scored or chain[0]


def _deputy(policy: CityPolicy, unit: str, chain: list[str]) -> str:
    """The deputy above `unit`; else the one who answers for the class of work that it mostly
    does."""
    org = policy.organisation
    above = next((p for p in chain if "deputy" in org.posts[p].roles), None)
    if above is not None:
        return above
    does = {org.units[unit].function} | {f for f, u in org.functions.items() if u == unit}
    classes = Counter(c.class_code for c in policy.categories.values() if c.function in does)
    for class_code, _ in classes.most_common():
        for post in org.posts.values():
            if class_code in post.deputy_for:
                return post.code
    return chain[-1]


def _chain(policy: CityPolicy, post: str | None) -> list[str]:
    found: list[str] = []
    while post is not None and post not in found:
        found.append(post)
        post = policy.organisation.posts[post].superior
    return found


def _parents_first(policy: CityPolicy) -> list[str]:
    units = policy.organisation.units
    return sorted(units, key=lambda code: len(policy.organisation.ancestors(code)))


def _superiors_first(policy: CityPolicy) -> list[str]:
    return sorted(policy.organisation.posts, key=lambda code: len(_chain(policy, code)))
