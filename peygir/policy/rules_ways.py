"""What must hold for ways that leave the plain path: tracks, climbing, posts, sealed complaints."""

from collections.abc import Iterator

from peygir.policy.findings import Finding, Rule, flow
from peygir.policy.graph import edges
from peygir.policy.model import CityPolicy, Stage, Words
from peygir.policy.vocabulary import (
    ABOVE_ANSWERER,
    CITIZEN,
    DONE,
    IMPARTIAL,
    ROUTING_HEAD,
    SAME,
    SAME_POST,
    SUPERIOR,
    SUPPLIED,
    SYSTEM,
)


def tracks_come_to_an_end(policy: CityPolicy) -> Iterator[Finding]:
    named = {track for stage in policy.stages.values() for track in stage.tracks}
    for stage in policy.stages.values():
        key = f"stages.{stage.code}"
        for track in stage.tracks:
            if not policy.stages[track].track:
                yield flow(f"{key}.tracks", f"“{track}” is no track")
        if stage.then is not None and (not stage.tracks or policy.stages[stage.then].track):
            yield flow(f"{key}.then", "has no meaning without tracks, and leads to a stage")
        if stage.track:
            yield from _track(stage, key, named=stage.code in named)
        elif any(step.to == DONE for step in stage.steps.values()):
            yield flow(f"{key}.steps", "only a track's step leads to “done”")
    for edge in edges(policy):
        if edge.goes in policy.stages and policy.stages[edge.goes].track:
            yield flow(f"{edge.key}.to", "leads into a track, which begins with its stage")


def _track(stage: Stage, key: str, *, named: bool) -> Iterator[Finding]:
    if not named:
        yield flow(key, "no stage runs this track")
    for step in stage.steps.values():
        if step.approval is not None:  # a proposal waits on the lead's referral alone
            yield flow(f"{key}.steps.{step.code}.approval", "a track's step is not proposed")
        for before in step.after:
            if before not in stage.steps or stage.steps[before].to != SAME:
                yield flow(f"{key}.steps.{step.code}.after", f"“{before}” does not stay here")
    if stage.tracks or stage.on_breach is not None:
        yield flow(key, "a track has neither tracks nor a way of its own when time is up")
    if any(step.to not in (DONE, SAME) for step in stage.steps.values()):
        yield flow(f"{key}.steps", "a track's step leads to “done” or “same”")
    ends = [s for s in stage.steps.values() if s.to == DONE and s.limit is None and not s.only_for]
    if not any("citizen_word" not in s.needs and s.by != (CITIZEN,) for s in ends):
        yield flow(f"{key}.steps", "no step ends the track without waiting for the citizen")


def breaches_lead_on(policy: CityPolicy) -> Iterator[Finding]:
    for stage in policy.stages.values():
        if stage.on_breach is None:
            continue
        key = f"stages.{stage.code}.on_breach"
        if stage.on_breach == SUPERIOR:
            if stage.holder not in (ROUTING_HEAD, ABOVE_ANSWERER, SAME_POST):
                yield flow(key, "only what a post holds can climb to its superior")
            continue
        step = stage.steps[stage.on_breach]
        if SYSTEM not in step.by or step.limit is not None or set(step.needs) - SUPPLIED:
            yield flow(key, "the system takes this step: by “system”, without limit or evidence")


def posts_are_known(policy: CityPolicy) -> Iterator[Finding]:
    """A holder that is “whoever had it” follows a stage that a post held."""
    held = (ROUTING_HEAD, ABOVE_ANSWERER, SAME_POST)
    by_post = {code for code, stage in policy.stages.items() if stage.holder in held}
    for edge in edges(policy):
        if edge.goes not in policy.stages:
            continue
        holder = policy.stages[edge.goes].holder
        if holder == SAME_POST and edge.source not in by_post:
            yield flow(f"stages.{edge.goes}.holder", f"no post held the case in “{edge.source}”")
        if holder == ABOVE_ANSWERER and not any(
            stage.holder == ROUTING_HEAD for stage in policy.stages.values()
        ):
            yield flow(f"stages.{edge.goes}.holder", "no stage is held by a post")


def the_accused_never_holds(policy: CityPolicy) -> Iterator[Finding]:
    for code, kind in policy.kinds.items():
        if not kind.sealed:
            continue
        if kind.about != "post" or kind.start is None:
            yield flow(f"kinds.{code}", "what is sealed is about a post and has a way of its own")
            continue
        for reached in sorted(_reachable(policy, kind.start)):
            if policy.stages[reached].holder != IMPARTIAL:
                reason = f"is reached by “{code}”, so its holder must be “impartial”"
                yield flow(f"stages.{reached}.holder", reason)
        for post in policy.organisation.posts.values():
            if policy.organisation.impartial(policy.impartial, post.code) is None:
                reason = f"nobody on the list may examine a complaint about “{post.code}”"
                yield flow("impartial", reason)
    for code, stage in policy.stages.items():
        if stage.holder == IMPARTIAL and not policy.impartial:
            yield flow(f"stages.{code}.holder", "“impartial” is not listed")


def _reachable(policy: CityPolicy, start: str) -> set[str]:
    """Stages that steps of their own lead to from `start` (a sealed case takes no others)."""
    found, front = set(), {start}
    while front:
        found |= front
        steps = [step for stage in front for step in policy.stages[stage].steps.values()]
        to = {step.to for step in steps} | {step.then for step in steps if step.then}
        front = {stage for stage in to if stage in policy.stages} - found
    return found


SHAPE = (
    Rule(
        Words(
            fa="هر مسیر موازی به پایان می‌رسد بی‌آنکه معطل شهروند بماند",
            en="Every track beside a stage comes to an end, with or without the citizen",
        ),
        tracks_come_to_an_end,
    ),
)
"""Proved before the rest: the other rules walk from stage to stage, and a track is none."""

WAYS = (
    Rule(
        Words(
            fa="آنچه با گذشت مهلت خودبه‌خود پیش می‌رود شدنی است",
            en="Whatever happens by itself when time is up can happen",
        ),
        breaches_lead_on,
    ),
    Rule(
        Words(
            fa="هر پستی که «همان» یا «مافوق» خوانده شده شناخته است",
            en="Every post meant by “the same” or “the superior” is known",
        ),
        posts_are_known,
    ),
    Rule(
        Words(
            fa="شکایت از هر مسئول، حتی شهردار، به مرجعی می‌رسد که زیردست او نیست",
            en="A complaint about any official, the mayor too, reaches somebody not below them",
        ),
        the_accused_never_holds,
    ),
)
