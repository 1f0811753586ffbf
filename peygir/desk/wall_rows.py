"""Rows of the operations wall: what one urgent case shows, and what this person may do about it.

Two hundred walls ask at once when something happens, so a row is drawn once for everybody who may
do the same things, and again only after the next event of its case.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from peygir.boards import wall
from peygir.boards.wall import Item
from peygir.cases import decide, may, policies, words
from peygir.cases.models.clock import PAUSED
from peygir.cases.refusals import Refused
from peygir.cases.state import CaseState, ReferralState
from peygir.desk import say
from peygir.ledger.entry import Actor
from peygir.policy import sayings
from peygir.policy.asking import asks_citizen
from peygir.policy.model import CityPolicy, Stage, Step
from peygir.policy.vocabulary import EVIDENCE, LEAD, SAME

CSRF_MARK: Final = "<!--token-->"
DRAWN_MAX: Final = 2_000  # rows kept, of some kilobytes each
DESK: Final = "operations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One text that an act asks for. `name`: of the form's field, different in every row."""

    name: str
    evidence: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A step that this person may take now. `fields` None: it asks for more than fits on a wall."""

    number: int
    step: str
    words: str
    fields: Sequence[Asked] | None
    main: bool = False

    @property
    def id(self) -> str:
        return f"{self.number}-{self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One clock. `done_at`: when it stopped; `paused`: it stands still."""

    label: str
    started_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    paused: bool = False

    @property
    def late(self) -> bool:
        return self.done_at is not None and self.done_at > self.due_at

    @property
    def is_short(self) -> bool:
        """Whether the hour alone says when it is due."""
        return self.due_at - self.started_at <= timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An act that was refused: which, why, and what had been typed (field name -> text)."""

    act: str
    sentence: str
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the template of one row is given."""

    item: Item
    title: str
    ground: str
    district: str
    unit: str
    stage: str
    seen_by: str
    faces: Sequence[Face]
    acts: Sequence[Act]
    is_ours: bool  # somebody of the operations centre has something to do


def drawn(
    policy: CityPolicy,
    actor: Actor,
    keys: Sequence[wall.Key],
    *,
    at: datetime,
    language: str,
    have: int = 0,
) -> list[str]:
    """The rows of `keys` in their order, as HTML; CSRF_MARK stands where a token belongs.

    `have`: number of the last event that the page has shown; rows without a newer one are only
    named, because the page has them.
    """
    shape = _shape(policy, actor, language)
    found = {key.case_id: _named(key) for key in keys if key.event_id <= have}
    for key in keys:
        html = _kept((key.case_id, key.event_id, shape))
        if html is not None:
            found.setdefault(key.case_id, html)
    missing = [key.case_id for key in keys if key.case_id not in found]
    for case_id, item in (wall.items(missing) if missing else {}).items():
        found[case_id] = draw(row(policy, actor, item, at=at, language=language))
        _keep((case_id, item.urgency.event_id, shape), found[case_id])
    return [found[key.case_id] for key in keys if key.case_id in found]


def _named(key: wall.Key) -> str:
    return f'<li data-item="{key.code}" data-event="{key.event_id}" data-kept></li>'


def draw(given: Row, trouble: Trouble | None = None) -> str:
    return render_to_string("desk/wall_item.html", {"row": given, "trouble": trouble})


def row(policy: CityPolicy, actor: Actor, item: Item, *, at: datetime, language: str) -> Row:
    """Everything about one case that the wall says to `actor`."""
    own = policies.for_case(item.case.policy, policy.digest)
    case, urgency = item.case, item.urgency
    ground = own.urgent.grounds.get(urgency.ground) if own.urgent else None
    district = own.organisation.districts.get(case.district or 0)
    stage = own.stages.get(case.stage)
    return Row(
        item=item,
        title=say.title(own, case, language),
        ground=ground.in_(language) if ground else urgency.ground,
        district=district.in_(language) if district else "",
        unit=words.unit_name(own, case.unit, language),
        stage=stage.words.in_(language) if stage else "",
        seen_by=words.post_name(own, urgency.seen_by, language) if urgency.seen_by else "",
        faces=faces(own, item, language),
        acts=acts_of(own, item.state, actor, at=at, language=language),
        is_ours=any(own.stages[r.stage].desk == DESK for r in item.state.referrals if r.is_open),
    )


def faces(policy: CityPolicy, item: Item, language: str) -> list[Face]:
    """The clocks of an urgent case: what is asked for first, the resolution, what goes on after
    it. Once the citizen is asked for a word, the resolution is done: the time that runs then is
    that of the call. What runs beside another page's stage (a letter, say) is that page's."""
    beside = {
        code for stage in policy.stages.values() if stage.desk == DESK for code in stage.tracks
    }
    latest = {
        r.stage: r
        for r in item.state.referrals
        if r.stage in beside and r.opened_at >= item.urgency.since
    }
    tracks = [(policy.stages[stage], referral) for stage, referral in latest.items()]
    first = [_face(item.state, r, s.words.in_(language)) for s, r in tracks if not s.lasting]
    lasting = [_face(item.state, r, s.words.in_(language)) for s, r in tracks if s.lasting]
    working = [
        r
        for r in item.state.referrals
        if r.role == LEAD and not asks_citizen(policy.stages[r.stage])
    ]
    resolution = [_face(item.state, r, _resolution(policy, r, language)) for r in working[-1:]]
    return [*first, *resolution, *lasting]


def _resolution(policy: CityPolicy, referral: ReferralState, language: str) -> str:
    """What the clock of the work is called: by its stage where others do it."""
    stage = policy.stages[referral.stage]
    return _("Resolution") if stage.desk == DESK else stage.words.in_(language)


def _face(state: CaseState, referral: ReferralState, label: str) -> Face:
    clock = state.clock(referral.number)
    return Face(
        label=label,
        started_at=clock.started_at,
        due_at=clock.due_at,
        done_at=referral.closed_at,
        paused=clock.state == PAUSED,
    )


def acts_of(
    policy: CityPolicy, state: CaseState, actor: Actor, *, at: datetime, language: str
) -> list[Act]:
    """Steps of the lead's stage and of the tracks beside it that `actor` may take now; those that
    only move the work within its track come first, as they are the first to be done."""
    found: list[Act] = []
    for referral in _in_order(policy, state):
        stage = policy.stages[referral.stage]
        for step in _steps(policy, state, referral, stage, actor, at):
            found.append(_act(state, referral, step, language, main=not found))
    return found


def _in_order(policy: CityPolicy, state: CaseState) -> Iterator[ReferralState]:
    waiting = [r for r in state.referrals if r.is_open]
    served = [r for r in waiting if policy.stages[r.stage].desk == DESK]
    yield from sorted(served, key=lambda r: (not policy.stages[r.stage].track, r.number))


def _steps(
    policy: CityPolicy,
    state: CaseState,
    referral: ReferralState,
    stage: Stage,
    actor: Actor,
    at: datetime,
) -> Iterator[Step]:
    for code in stage.steps:
        try:
            step, own = decide.find(policy, state, code, actor.units, referral.number)
            if own is None or own.number != referral.number:
                continue
            decide.check_limits(policy, state, step, own, at)
        except Refused:
            continue
        if may.take_step(policy, state, step, own, actor):
            yield step


def _act(
    state: CaseState, referral: ReferralState, step: Step, language: str, *, main: bool
) -> Act:
    fits = all(EVIDENCE[name].startswith("paper id") for name in step.needs)
    asked = [
        Asked(
            name=f"{state.id}-{referral.number}-{step.code}-{name}",
            evidence=name,
            label=_capital(sayings.EVIDENCE[name].in_(language)),
        )
        for name in step.needs
    ]
    return Act(
        number=referral.number,
        step=step.code,
        words=step.words.in_(language),
        fields=asked if fits else None,
        main=main and step.to == SAME,
    )


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _shape(policy: CityPolicy, actor: Actor, language: str) -> Hashable:
    """All that decides which acts somebody is shown."""
    posts = actor.posts | {actor.post}
    who = (actor.roles, actor.units, actor.heads, posts, actor.above)
    return (policy.digest, language, who)


_drawn: OrderedDict[Hashable, str] = OrderedDict()


def _kept(name: Hashable) -> str | None:
    return _drawn.get(name)


def _keep(name: Hashable, html: str) -> None:
    _drawn[name] = html
    while len(_drawn) > DRAWN_MAX:
        _drawn.popitem(last=False)
