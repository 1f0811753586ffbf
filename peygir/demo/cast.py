"""Who plays: a person in every post, an account for each role, and actors made without a query."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.contrib.auth.hashers import make_password

from peygir.demo.texts import Texts
from peygir.ledger.entry import Actor
from peygir.people.models import Staff, Tenure
from peygir.policy.model import CityPolicy, Post
from peygir.publication.terms import offices

PASSWORD: Final = "peygir-demo-137"  # noqa: S105 - shown to whoever starts a demo, never elsewhere
CHANGES: Final = 3  # offices that change hands in the past of a demo
TENURE: Final = timedelta(days=400)  # how long everybody has been in office when the demo starts


def hire(policy: CityPolicy, texts: Texts, *, at: datetime, rng: Random) -> int:
    """Fill every post that nobody fills with a demo person; gives how many were hired.

    People without an account in `texts.accounts` cannot sign in.
    """
    names = {post: username for username, post in texts.accounts.items()}
    filled = set(Tenure.objects.filter(until=None).values_list("post_id", flat=True))
    empty = [code for code in policy.organisation.posts if code not in filled]
    secret, locked = make_password(PASSWORD), make_password(None)
    people = []
    for post in empty:
        fa, en = texts.person(rng)
        username = names.get(post, f"demo-{post}")
        password = secret if post in names else locked
        people.append(Staff(username=username, fa=fa, en=en, password=password, is_demo=True))
    made = Staff.objects.bulk_create(people)
    Tenure.objects.bulk_create(
        Tenure(post_id=post, staff=person, since=at - TENURE)
        for post, person in zip(empty, made, strict=True)
    )
    return len(made)


def change_hands(
    policy: CityPolicy, texts: Texts, *, start: datetime, at: datetime, rng: Random
) -> None:
    """Let some heads take their office in the middle of the past, from somebody who left."""
    known = set(texts.accounts.values())
    heads = [
        code
        for code in offices(policy)
        if code not in known and "executive_head" in policy.organisation.posts[code].roles
    ]
    locked = make_password(None)
    for code in rng.sample(heads, min(CHANGES, len(heads))):
        change = start + (at - start) * rng.uniform(0.4, 0.8)
        fa, en = texts.person(rng)
        name = f"demo-{code}-before"
        left = Staff(username=name, fa=fa, en=en, password=locked, is_demo=True, is_active=False)
        left.save()
        Tenure.objects.filter(post=code, until=None).update(since=change)
        Tenure.objects.create(post_id=code, staff=left, since=at - TENURE, until=change)


class Cast:
    """The actors of a city by unit and post, as `people.organisation.actor_of` would make them."""

    def __init__(self, policy: CityPolicy) -> None:
        self.policy = policy
        tenures = Tenure.objects.filter(until=None, staff__is_demo=True).order_by("id")
        self._staff: Mapping[str, int] = dict(tenures.values_list("post_id", "staff_id"))
        self._by_unit: dict[str, list[Actor]] = {}
        self._heads: dict[str, Actor] = {}
        self._by_post: dict[str, Actor] = {}
        for post in policy.organisation.posts.values():
            actor = self._actor(post)
            self._by_post[post.code] = actor
            self._by_unit.setdefault(post.unit, []).append(actor)
            if post.head:
                self._heads[post.unit] = actor

    def member(self, unit: str, rng: Random) -> Actor:
        """Somebody of `unit`; its head only when nobody else is there."""
        crew = self._by_unit.get(unit) or [self.head(unit)]
        return rng.choice([a for a in crew if not a.heads] or crew)

    def head(self, unit: str) -> Actor:
        """The head of `unit` or of the nearest unit above it."""
        for code in self.policy.organisation.ancestors(unit):
            if code in self._heads:
                return self._heads[code]
        return next(iter(self._heads.values()))

    def post(self, post: str) -> Actor:
        """Whoever fills this post."""
        return self._by_post[post]

    def role(self, role: str, rng: Random) -> Actor | None:
        """Somebody with `role`; None when the city has no such post."""
        crew = [a for group in self._by_unit.values() for a in group if role in a.roles]
        return rng.choice(crew) if crew else None

    def _actor(self, post: Post) -> Actor:
        org = self.policy.organisation
        return Actor(
            kind="post",
            post=post.code,
            staff_id=self._staff.get(post.code),
            roles=frozenset(post.roles),
            units=frozenset({post.unit}),
            heads=frozenset({post.unit}) if post.head else frozenset(),
            sees=frozenset(u for u in org.units if post.unit in org.ancestors(u)),
            posts=frozenset({post.code}),
            above=frozenset(org.chain(post.code)),
        )
