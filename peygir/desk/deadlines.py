"""How a clock is shown: its chip, and who is told next if nothing happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from peygir.cases import clocks
from peygir.cases.models import Clock
from peygir.cases.models.clock import PAUSED
from peygir.cases.state import CaseState, ClockState
from peygir.cases.words import post_name, unit_name
from peygir.look import chips
from peygir.look.dates import local
from peygir.people import organisation
from peygir.policy.lateness import waits_for_citizen
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import SUPERIOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One running clock on a page. `next_told`: a sentence, "" when it is paused."""

    label: str
    chip: chips.Chip
    next_told: str
    citizen: bool = False


def chip(
    policy: CityPolicy,
    clock: Clock | ClockState,
    *,
    stage: str,
    class_code: str,
    at: datetime,
    language: str,
) -> chips.Chip:
    """The deadline of a clock in words; in working time where the policy counts so."""
    if clock.state == PAUSED:
        reason = policy.pauses.get(clock.pause_reason)
        words = reason.words.in_(language) if reason else _("Paused")
        return chips.deadline(at, clock.due_at, clock.started_at, paused=words)
    minutes = None
    if (
        clock.number
        and stage in policy.stages
        and (class_code or policy.stages[stage].due != "class")
    ):
        span = clocks.allowed(policy, stage, class_code)
        if span.mode != "wall":
            early, late = sorted((at, clock.due_at))
            minutes = int(policy.calendar.working_between(early, late) / timedelta(minutes=1))
    return chips.deadline(at, clock.due_at, clock.started_at, working_minutes=minutes)


def next_told(
    policy: CityPolicy, clock: Clock | ClockState, language: str, *, stage: str, post: str
) -> str:
    """Who learns of this clock next, or gets the case when it is over.

    `post`: the one that must act, "" where anybody of the unit may. "" for a clock that is paused,
    belongs to a unit of old, or is the citizen's own time to answer.
    """
    if clock.state == PAUSED or clock.unit not in policy.organisation.units:
        return ""
    if clock.number and waits_for_citizen(policy, stage):
        return ""
    above = goes_to(policy, stage, post) if clock.number else ""
    if above:
        return _("unanswered, it goes to %(post)s") % {"post": post_name(policy, above, language)}
    ladder = policy.citizen_ladder if clock.number == 0 else policy.ladder
    posts = organisation.told(policy, clock.unit, ladder)
    post = posts[min(clock.rung, len(posts) - 1)]
    return _("next to be told: %(post)s") % {"post": post_name(policy, post, language)}


def goes_to(policy: CityPolicy, stage: str, post: str) -> str:
    """The post that a silent case climbs to from `post`; "" where it stays (M8)."""
    found, posts = policy.stages.get(stage), policy.organisation.posts
    climbs = found is not None and found.on_breach == SUPERIOR and post in posts
    return (posts[post].superior or "") if climbs else ""


def shown(policy: CityPolicy, state: CaseState, *, at: datetime, language: str) -> Sequence[Shown]:
    """Every running clock of a case: the holders' first, the citizen's last."""
    found = []
    for clock in sorted(state.clocks, key=lambda c: (c.number == 0, c.number)):
        if not clock.is_live:
            continue
        referral = state.referral(clock.number) if clock.number else None
        stage = referral.stage if referral else ""
        made = chip(
            policy, clock, stage=stage, class_code=state.class_code, at=at, language=language
        )
        label = _label(policy, state, clock, language)
        post = referral.post if referral else ""
        told = next_told(policy, clock, language, stage=stage, post=post)
        found.append(Shown(label=label, chip=made, next_told=told, citizen=clock.number == 0))
    return found


def _label(policy: CityPolicy, state: CaseState, clock: ClockState, language: str) -> str:
    """Whose time it is: a post's or a unit's, with the track that it runs for, or the citizen's."""
    if not clock.number:
        return _("What the citizen lives through")
    referral = state.referral(clock.number)
    if waits_for_citizen(policy, referral.stage):
        return _("The citizen's time to answer")
    stage = policy.stages.get(referral.stage)
    name = unit_name(policy, clock.unit, language)
    if referral.post:
        name = post_name(policy, referral.post, language)
    return f"{stage.words.in_(language)}: {name}" if stage is not None and stage.track else name


def day_ends(at: datetime) -> datetime:
    """Midnight in the city after `at`."""
    here = local(at)
    return datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
