"""What must hold for the organisation: somebody answers for everything, up to the mayor."""

from collections.abc import Callable, Iterator, Mapping

from peygir.policy.findings import Finding, Rule, chart, flow
from peygir.policy.graph import edges, holders, routed
from peygir.policy.model import CityPolicy, Words
from peygir.policy.vocabulary import (
    CLOSED,
    HOLDER,
    HOLDER_HEAD,
    HOLDER_UNIT,
    HOLDERS,
    ROLES,
)

Up = Callable[[str], str | None]


def one_mayor(policy: CityPolicy) -> Iterator[Finding]:
    mayors = [post for post in policy.organisation.posts.values() if "mayor" in post.roles]
    if len(mayors) != 1:
        yield chart("posts", f"exactly one post has the role “mayor”, not {len(mayors)}")
    for post in mayors:
        if policy.organisation.units[post.unit].kind != "mayor" or not post.head:
            yield chart(f"posts.{post.code}", "the mayor is the head of a unit of kind “mayor”")


def superiors_end_at_the_mayor(policy: CityPolicy) -> Iterator[Finding]:
    posts = policy.organisation.posts
    tops = {post.code for post in posts.values() if "mayor" in post.roles}
    tops |= {p.code for p in posts.values() if p.superior is None and _beside(policy, p.unit)}
    yield from _chains({p.code: p.superior for p in posts.values()}, tops, "posts", "superior")


def parents_end_at_the_mayor(policy: CityPolicy) -> Iterator[Finding]:
    units = policy.organisation.units
    tops = {unit.code for unit in units.values() if unit.kind in ("mayor", "council")}
    yield from _chains({u.code: u.parent for u in units.values()}, tops, "units", "parent")


def every_place_has_a_holder(policy: CityPolicy) -> Iterator[Finding]:
    organisation = policy.organisation
    for category in policy.categories.values():
        for number in organisation.districts:
            unit = organisation.route(category.function, number)
            if unit is None:
                key = f"functions.{category.function}"
                yield chart(key, f"nobody answers for {category.code} in district {number}")
            elif not any("executive" in post.roles for post in policy.organisation.posts_of(unit)):
                reason = f"no post with the role “executive”; {category.code} in {number} needs one"
                yield chart(f"units.{unit}", reason)


def every_step_has_somebody(policy: CityPolicy) -> Iterator[Finding]:
    for edge in edges(policy):
        for actor in edge.step.by:
            for lack in _lacking(policy, edge.source, actor):
                yield flow(f"{edge.key}.by", f"“{actor}”: {lack}")
        if edge.step.approval and edge.source != CLOSED:
            for unit in sorted(holders(policy, edge.source)):
                if not policy.organisation.head_of(unit):
                    yield flow(f"{edge.key}.approval", f"“{unit}” has no head")
        if edge.step.only_for == "long_running" and not _any_long_running(policy):
            yield flow(f"{edge.key}.only_for", "no category is long-running")
        if edge.step.only_for == "nonmunicipal" and not _any_outside(policy):
            yield flow(f"{edge.key}.only_for", "no class is “outside”")
        if edge.step.only_for in ("urgent", "not_urgent") and policy.urgent is None:
            yield flow(f"{edge.key}.only_for", "there is no urgent lane")


def rungs_find_somebody(policy: CityPolicy) -> Iterator[Finding]:
    organisation = policy.organisation
    deputies = {code for post in organisation.posts.values() for code in post.deputy_for}
    for code in policy.classes:
        if code not in deputies:
            yield chart("posts", f"no deputy answers for the class “{code}” (deputy_for)")
    for stage in policy.stages:
        for unit in sorted(holders(policy, stage)):
            # A deputy or the mayor always stands above; the first rung must not skip to them.
            heads = [p for p in policy.organisation.posts_of(unit) if p.head]
            if len(heads) != 1:
                yield chart(f"units.{unit}", f"needs one head, and has {len(heads)}")


def classes_are_used(policy: CityPolicy) -> Iterator[Finding]:
    used = {category.class_code for category in policy.categories.values()}
    for code in policy.classes:
        if code not in used:
            yield flow(f"classes.{code}", "no category has this class")


def pauses_are_capped(policy: CityPolicy) -> Iterator[Finding]:
    roles = {role for post in policy.organisation.posts.values() for role in post.roles}
    last = policy.citizen_ladder.thresholds[-1].after
    for pause in policy.pauses.values():
        if pause.approval not in ("centre_head", "deputy", "mayor"):
            reason = "a pause is approved by centre_head, deputy or mayor, not by who gains from it"
            yield flow(f"pauses.{pause.code}.approval", reason)
        elif pause.approval not in roles:
            yield flow(f"pauses.{pause.code}.approval", "no post has this role")
        if last is not None and pause.longest > last:
            reason = "longer than the citizen's clock takes to reach the mayor"
            yield flow(f"pauses.{pause.code}.longest", reason)


def _any_outside(policy: CityPolicy) -> bool:
    return any(each.outside for each in policy.classes.values())


def _beside(policy: CityPolicy, unit: str) -> bool:
    return unit in policy.organisation.units and policy.organisation.units[unit].kind == "council"


def _any_long_running(policy: CityPolicy) -> bool:
    return any(category.long_running for category in policy.categories.values())


def _chains(
    above: Mapping[str, str | None], tops: set[str], where: str, key: str
) -> Iterator[Finding]:
    for code in above:
        seen, at = {code}, code
        while at not in tops:
            higher = above[at]
            if higher is None:
                yield chart(f"{where}.{at}.{key}", "is missing; the chain must end at the mayor")
                break
            if higher in seen:
                yield chart(f"{where}.{code}.{key}", "the chain runs in a circle")
                break
            seen.add(higher)
            at = higher


def _lacking(policy: CityPolicy, stage: str, actor: str) -> Iterator[str]:
    if actor in ROLES:
        if not any(actor in post.roles for post in policy.organisation.posts.values()):
            yield "no post has this role"
    elif actor in (HOLDER, HOLDER_UNIT, HOLDER_HEAD) and stage == CLOSED:
        yield "nobody holds a closed case"
    elif actor == HOLDER and policy.stages[stage].holder not in HOLDERS:
        if not policy.organisation.posts_of(policy.stages[stage].holder):
            yield f"“{policy.stages[stage].holder}” has no post"
    elif actor == HOLDER and not routed(policy):
        yield "no category leads to any unit"


CHART = (
    Rule(
        Words(
            fa="سازمان یک شهردار دارد",
            en="The organisation has one mayor",
        ),
        one_mayor,
    ),
    Rule(
        Words(
            fa="زنجیرهٔ مافوق هر پست بی‌گسست به شهردار می‌رسد",
            en="Every post's chain of superiors ends at the mayor, without a circle",
        ),
        superiors_end_at_the_mayor,
    ),
    Rule(
        Words(
            fa="هر واحد زیرمجموعهٔ شهردار است",
            en="Every unit stands below the mayor",
        ),
        parents_end_at_the_mayor,
    ),
)
"""Proved first: the rules below walk these chains."""

PEOPLE = (
    Rule(
        Words(
            fa="هر موضوع در هر منطقه مسئولی دارد که می‌تواند اقدام کند",
            en="Every category has, in every district, a holder with a post that can act",
        ),
        every_place_has_a_holder,
    ),
    Rule(
        Words(
            fa="هیچ گامی نیست که کسی نتواند آن را بردارد",
            en="There is no step that nobody may take",
        ),
        every_step_has_somebody,
    ),
    Rule(
        Words(
            fa="هر پلهٔ هشدار در هر واحد به کسی می‌رسد",
            en="Every rung of the ladder finds somebody, whichever unit is late",
        ),
        rungs_find_somebody,
    ),
    Rule(
        Words(
            fa="هر ردهٔ خدمت به کار رفته است",
            en="Every class of work is used",
        ),
        classes_are_used,
    ),
    Rule(
        Words(
            fa="هر توقف ساعت سقف دارد و کسی بیرون از واحد تأییدش می‌کند",
            en="Every pause has a cap and is approved by somebody outside the unit",
        ),
        pauses_are_capped,
    ),
)
