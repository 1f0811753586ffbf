"""Thanks, brought before those whom they are for (T6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from peygir.boards import voices
from peygir.boards.cases import said
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy

SHOWN_FOR: Final = timedelta(days=30)
SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """What a citizen said, of which unit, when. No name: who said it is nobody's business."""

    case: Case
    words: str

    @property
    def at(self) -> datetime:
        return self.case.opened_at


def of(policy: CityPolicy, actor: Actor, *, at: datetime) -> Sequence[Thanks]:
    """Thanks of late for the units of this person, and those below for a head; newest first."""
    kinds = voices.thanks(policy)
    if not kinds:
        return []
    units = actor.sees if actor.heads else actor.units
    found = Case.objects.visible_to(actor).filter(
        kind__in=kinds, about_unit__in=units, opened_at__gt=at - SHOWN_FOR, sealed=False
    )
    cases = list(found.exclude(about_unit="").order_by("-opened_at")[:SHOWN_MAX])
    words = said(case.pk for case in cases)
    return [Thanks(case=case, words=words[case.pk].words) for case in cases if case.pk in words]
