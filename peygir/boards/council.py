"""Cases that members of the council were brought into."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from peygir.cases.models import Case
from peygir.ledger import read
from peygir.ledger.entry import Actor, Recorded

CASES_MAX = 200


def invited(actor: Actor) -> Sequence[Case]:
    """Cases that a post of the actor's was invited to: open ones first, the newest first."""
    found = Case.objects.visible_to(actor).filter(council__overlap=[*actor.posts])
    return list(found.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:CASES_MAX])


def readings(case_id: int, *, most: int = 20) -> list[tuple[datetime, Recorded]]:
    """Who read the story of a case, the newest first."""
    return [(e.happened_at, e) for e in reversed(read.of("reading", case_id))][:most]
