"""The steps of a track for social networks, whatever a city calls them, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peygir.ledger.entry import Recorded
from peygir.policy.model import Stage, Step
from peygir.policy.vocabulary import SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Which step of the stage drafts, approves, publishes and brings the answer back."""

    draft: Step | None
    approve: Step | None
    publish: Step | None
    answer: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """The last event of each; None: not yet. `is_approved`: of the draft as it stands now."""

    draft: Recorded | None = None
    approve: Recorded | None = None
    publish: Recorded | None = None

    @property
    def is_approved(self) -> bool:
        return bool(self.draft and self.approve and self.approve.id > self.draft.id)

    @property
    def is_published(self) -> bool:
        return bool(self.draft and self.publish and self.publish.id > self.draft.id)


def way(stage: Stage) -> Way:
    """The approving step is the one without papers that publishing comes after."""
    draft, publish = _needing(stage, "post_draft"), _needing(stage, "post_link")
    before = publish.after if publish is not None else ()
    approve = next(
        (
            step
            for step in stage.steps.values()
            if step.code in before and step.to == SAME and not step.needs
        ),
        None,
    )
    return Way(
        draft=draft, approve=approve, publish=publish, answer=_needing(stage, "published_answer")
    )


def come(found: Way, events: Sequence[Recorded], since: datetime) -> Come:
    """How far the track that opened at `since` has come, from its case's events."""
    return Come(
        draft=_last(found.draft, events, since),
        approve=_last(found.approve, events, since),
        publish=_last(found.publish, events, since),
    )


def guards(stage: Stage, code: str) -> bool:
    """Whether this step is taken on the page of social networks alone, where it is looked over."""
    found = way(stage)
    if found.draft is None:
        return False
    own = (found.draft, found.approve, found.publish, found.answer)
    return code in {step.code for step in own if step is not None}


def _needing(stage: Stage, evidence: str) -> Step | None:
    return next((step for step in stage.steps.values() if evidence in step.needs), None)


def _last(step: Step | None, events: Sequence[Recorded], since: datetime) -> Recorded | None:
    if step is None:
        return None
    taken = (e for e in events if e.step == step.code and e.happened_at >= since)
    return max(taken, key=lambda e: e.id, default=None)
