"""The tracks of a case side by side: who holds each, its clock, where it stands, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from peygir.boards import letters as letter_board
from peygir.cases import may, words
from peygir.cases.state import CaseState, ReferralState
from peygir.desk import deadlines
from peygir.desk.letters.shown import chip as letter_chip
from peygir.desk.letters.shown import number
from peygir.ledger.entry import Actor
from peygir.look.chips import Chip
from peygir.people.models import Letter
from peygir.policy.model import CityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track of one cycle. `outcome`: the step that ended it, "" while it runs."""

    words: str
    holder: str
    state: Chip
    clock: Chip | None
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    path: str  # its own page, where this reader may open it
    letters: Sequence[tuple[int, str, str, Chip]] = field(default_factory=list)


def shown(
    policy: CityPolicy, state: CaseState, actor: Actor, *, at: datetime, language: str, code: str
) -> list[Track]:
    """Tracks of the running cycle, in the order of the policy; earlier cycles are in the story."""
    own = [r for r in state.referrals if _is_track(policy, r) and r.cycle == state.cycle]
    letters = list(letter_board.of(actor).filter(case_id=state.id).order_by("pk")) if own else []
    return [
        _track(policy, state, actor, one, letters, at=at, language=language, code=code)
        for one in own
    ]


def _is_track(policy: CityPolicy, referral: ReferralState) -> bool:
    stage = policy.stages.get(referral.stage)
    return stage is not None and stage.track


def _track(
    policy: CityPolicy,
    state: CaseState,
    actor: Actor,
    one: ReferralState,
    letters: Sequence[Letter],
    *,
    at: datetime,
    language: str,
    code: str,
) -> Track:
    stage, clock = policy.stages[one.stage], state.clock(one.number)
    holder = words.unit_name(policy, one.unit, language)
    if one.post:
        holder = words.post_name(policy, one.post, language)
    step = policy.track_step(one.outcome) or policy.step(state.stage, one.outcome)
    running = Chip(tone="info", icon="wait", words=_("Runs"))
    return Track(
        words=stage.words.in_(language),
        holder=holder,
        state=running if one.is_open else Chip(tone="ok", icon="tick", words=_("Done")),
        clock=deadlines.chip(
            policy, clock, stage=one.stage, class_code=state.class_code, at=at, language=language
        )
        if clock.is_live
        else None,
        outcome=(step.words.in_(language) if step else one.outcome) if one.outcome else "",
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        path=_path(stage.desk, actor, code, one) if one.is_open else "",
        letters=[
            (letter.pk, number(letter), letter.addressee, letter_chip(letter, at, is_closed=False))
            for letter in letters
            if letter.referral == one.number and may.open_page(actor, "letters")
        ],
    )


def _path(desk: str, actor: Actor, code: str, one: ReferralState) -> str:
    """Where the holder works on it."""
    if one.unit not in actor.sees:
        return ""
    if desk == "letters" and may.open_page(actor, "letters_write"):
        return reverse("desk:letter_new", args=[code, one.number])
    if desk == "social" and may.open_page(actor, "social"):
        return reverse("desk:social_track", args=[code, one.number])
    if desk == "field" and may.open_page(actor, "field"):
        return reverse("desk:field_visit", args=[code])
    return ""
