"""What came of a call: from a key on the card to one act, one row of the call book."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from peygir.boards import feedback
from peygir.boards.feedback import Card
from peygir.calendars.persian import clean
from peygir.cases import acts
from peygir.cases.refusals import WrongStage
from peygir.desk.access import StaffRequest
from peygir.desk.follow.common import TEXT_MAX, clock_of, instant_of
from peygir.ledger.ids import new_id
from peygir.people.models import Call
from peygir.policy.asking import REASON
from peygir.policy.model import Step
from peygir.policy.vocabulary import UNREACHED

#: Key on the card -> the step that it takes, as a field of `CallSteps`.
STEPS: Final[dict[str, str]] = {
    "yes": "yes",
    "no": "no",
    "later": "later",
    "no_number": "unreached",
    **dict.fromkeys(UNREACHED, "unreached"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller entered. `faults`: field -> sentence; the act is not tried with any."""

    code: str
    reason: str = ""
    callback_at: datetime | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        return self.code in ("yes", "no", "later")


def parse(posted: QueryDict, request: StaffRequest) -> Outcome:
    """Read the card's form."""
    code = posted.get("outcome", "")
    reason = clean(posted.get("objection_reason", "")).strip()
    faults: dict[str, str] = {}
    if code not in STEPS:
        faults["outcome"] = _("Please say how the call ended.")
    if len(reason) > TEXT_MAX:
        faults["objection_reason"] = _("Please shorten this to 2,000 characters.")
    slot = None
    if code == "later":
        slot = _slot(posted, request)
        if slot is None or slot <= request.at:
            faults["time"] = _("Please choose a day and a time that lie ahead, such as 16:30.")
    return Outcome(code, reason, slot, faults)


@transaction.atomic
def record(request: StaffRequest, card: Card, outcome: Outcome) -> acts.Done:
    """Write the call down and take the step. Raises a `Refused`; nothing is written then."""
    step: Step | None = getattr(card.steps, STEPS[outcome.code])
    if step is None:
        raise WrongStage(outcome.code, card.case.stage)
    if card.reporter is not None and outcome.code != "no_number":
        _enter(request, card, outcome)
    done = acts.act(
        policy=request.policy,
        case_id=card.case.pk,
        step=step.code,
        actor=request.actor,
        at=request.at,
        evidence={n: v for n, v in _evidence(request, card, outcome).items() if _takes(step, n)},
        texts={REASON: outcome.reason} if outcome.code == "no" and _takes(step, REASON) else {},
        referral=card.referral.number,
    )
    feedback.release(request.user.pk)
    return done


def _takes(step: Step, name: str) -> bool:
    return name in {*step.needs, *step.may_have}


def _evidence(request: StaffRequest, card: Card, outcome: Outcome) -> dict[str, Any]:
    ended = int(request.at.timestamp())
    call: dict[str, Any] = {
        "outcome": "reached" if outcome.reached else outcome.code,
        "started": int(card.claim.at.timestamp()),
        "ended": ended,
        "staff": request.user.pk,
    }
    if outcome.code == "no_number":  # nobody left a number: an attempt in name only, and it says so
        call |= {"outcome": "wrong_number", "anonymous": True}
    evidence: dict[str, Any] = {"call": call}
    if outcome.code in ("yes", "no"):
        evidence["citizen_word"] = {"via": "call", "at": ended}
    if outcome.callback_at is not None:
        evidence["callback_at"] = int(outcome.callback_at.timestamp())
    return evidence


def _enter(request: StaffRequest, card: Card, outcome: Outcome) -> None:
    assert card.reporter is not None
    citizen = card.reporter.citizen
    Call.objects.create(
        id=new_id(),
        direction="out",
        citizen=citizen,
        phone=(citizen.phone if citizen else "") or "",
        extension=request.user.extension,
        staff_id=request.user.pk,
        case_id=card.case.pk,
        rang_at=card.claim.at,
        answered_at=card.claim.at if outcome.reached else None,
        ended_at=request.at,
        outcome="reached" if outcome.reached else outcome.code,
    )


def _slot(posted: QueryDict, request: StaffRequest) -> datetime | None:
    at = clock_of(posted.get("time", ""))
    try:
        day = date.fromisoformat(posted.get("day", ""))
        return None if at is None else instant_of(request.policy, day, at)
    except (ValueError, OverflowError):
        return None
