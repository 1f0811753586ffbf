"""Helpers to play a city in tests: people by role, and a case moved along by real acts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from peygir.cases import acts, register
from peygir.cases.state import CaseState
from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy

#: Saturday 30 Aban 1405, 13:30 in Tehran.
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PHONE = "+989123456789"


def staff_of(policy: CityPolicy, unit: str, *, head: bool = False) -> Actor:
    """Somebody who fills a post of `unit` (its head, if asked for)."""
    post = next(p for p in policy.organisation.posts.values() if p.unit == unit and p.head == head)
    return filling(policy, post.code)


def filling(policy: CityPolicy, code: str) -> Actor:
    """Somebody who fills the post `code`."""
    org, post = policy.organisation, policy.organisation.posts[code]
    return Actor(
        kind="post",
        post=code,
        staff_id=1,
        roles=frozenset(post.roles),
        units=frozenset({post.unit}),
        heads=frozenset({post.unit}) if post.head else frozenset(),
        sees=frozenset(u for u in org.units if post.unit in org.ancestors(u)),
        posts=frozenset({code}),
        above=frozenset(org.chain(code)),
    )


def reported(policy: CityPolicy, *, at: datetime = NOON, **fields: Any) -> register.Registered:
    """A pothole in district 3, called in by Maryam, unless `fields` say otherwise."""
    given: dict[str, Any] = {
        "words": "چالهٔ عمیق روبه‌روی مدرسه",
        "address": "خیابان گلستان، پلاک ۱۲",
        "category": "C01",
        "district": 3,
        "channel": "phone",
        "caller": Caller(phone=PHONE, name="مریم رضایی"),
    }
    report = register.Report(**(given | fields))
    operator = staff_of(policy, "reception")
    return register.register(policy=policy, report=report, actor=operator, at=at)


class Story:
    """One case and a moving clock; each method is one act by the right person."""

    def __init__(self, policy: CityPolicy, **fields: Any) -> None:
        self.policy = policy
        self.at = fields.pop("at", NOON)
        self.case: CaseState = reported(policy, at=self.at, **fields).case

    def after(self, **span: float) -> "Story":
        self.at += timedelta(**span)
        return self

    def act(self, step: str, by: Actor | None = None, **given: Any) -> acts.Done:
        texts = {k: v for k, v in given.items() if isinstance(v, str) and " " in v}
        evidence = {k: v for k, v in given.items() if k not in texts}
        actor = by or self.holder()
        done = acts.act(
            policy=self.policy,
            case_id=self.case.id,
            step=step,
            actor=actor,
            at=self.at,
            evidence=evidence,
            texts=texts,
        )
        self.case = done.case
        return done

    def holder(self, *, head: bool = False) -> Actor:
        if self.case.post and not head:
            return filling(self.policy, self.case.post)
        return staff_of(self.policy, self.case.unit, head=head)

    def report(self) -> acts.Done:
        said = "آسفالت ترمیم شد"
        return self.act("report", result_text=said, report_to_citizen=said)

    def satisfied(self) -> acts.Done:
        return self.act("satisfied", citizen_word={"via": "call"}, call={"outcome": "reached"})

    def dissatisfied(self) -> acts.Done:
        return self.act("dissatisfied", citizen_word={"via": "call"}, call={"outcome": "reached"})

    def inspected(self, found: str) -> acts.Done:
        done = acts.inspect(
            policy=self.policy,
            case_id=self.case.id,
            actor=self.holder(),
            at=self.at,
            inspection=new_id(),
            found=found,
        )
        self.case = done.case
        return done


Make = Callable[..., Story]


def hire(username: str, *posts: str, password: str = "a-long-password-137", **fields: Any) -> Any:
    """A member of staff who fills `posts` since long ago."""
    from peygir.people.models import Staff, Tenure

    person = Staff.objects.create_user(username, password, fa=fields.pop("fa", username), **fields)
    for post in posts:
        Tenure.objects.create(post_id=post, staff=person, since=NOON - timedelta(days=900))
    return person
