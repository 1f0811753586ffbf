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
from peygir.policy.model import CityPolicy


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


def next_told(policy: CityPolicy, clock: Clock | ClockState, language: str) -> str:
    """Who learns of this clock next: "" for one that is paused or belongs to a unit of old."""
    if clock.state == PAUSED or clock.unit not in policy.organisation.units:
        return ""
    ladder = policy.citizen_ladder if clock.number == 0 else policy.ladder
    posts = organisation.told(policy, clock.unit, ladder)
    post = posts[min(clock.rung, len(posts) - 1)]
    return _("next to be told: %(post)s") % {"post": post_name(policy, post, language)}


def shown(policy: CityPolicy, state: CaseState, *, at: datetime, language: str) -> Sequence[Shown]:
    """Every running clock of a case: the holders' first, the citizen's last."""
    found = []
    for clock in sorted(state.clocks, key=lambda c: (c.number == 0, c.number)):
        if not clock.is_live:
            continue
        stage = state.referral(clock.number).stage if clock.number else ""
        made = chip(
            policy, clock, stage=stage, class_code=state.class_code, at=at, language=language
        )
        label = _label(policy, state, clock, language)
        told = next_told(policy, clock, language)
        found.append(Shown(label=label, chip=made, next_told=told, citizen=clock.number == 0))
    return found


def _label(policy: CityPolicy, state: CaseState, clock: ClockState, language: str) -> str:
    """Whose time it is: a post's or a unit's, with the track that it runs for, or the citizen's."""
    if not clock.number:
        return _("What the citizen lives through")
    referral = state.referral(clock.number)
    stage = policy.stages.get(referral.stage)
    if stage is not None and stage.waits_for_citizen:
        return _("The citizen's time to answer")
    name = unit_name(policy, clock.unit, language)
    if referral.post:
        name = post_name(policy, referral.post, language)
    return f"{stage.words.in_(language)}: {name}" if stage is not None and stage.track else name


def day_ends(at: datetime) -> datetime:
    """Midnight in the city after `at`."""
    here = local(at)
    return datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
