"""What an inspector found of a claim that work was done: the facts of `acts.check_claim`.

A claim is the step by which a unit said, in one cycle of a case, that the work is done.
"""

from typing import Any, Final

from peygir.cases.refusals import WrongEvidence, WrongStage
from peygir.cases.state import CaseState, ReferralState
from peygir.ledger.models import Event
from peygir.policy.asking import claims_done
from peygir.policy.model import CityPolicy

KIND: Final = "case.checked"
HELD: Final = "held"
FALSE: Final = "false"
UNCLEAR: Final = "unclear"  # nobody could tell
FOUND: Final = (HELD, FALSE, UNCLEAR)
LOT: Final = "lot"
RISK: Final = "risk"
WAYS: Final = (LOT, RISK)  # how the claim was chosen


def claim_of(policy: CityPolicy, state: CaseState, cycle: int) -> ReferralState:
    """The referral that ended with the claim of a cycle. Raises WrongStage where there is none, and
    for a complaint about an official, which nobody draws."""
    made = [r for r in state.referrals if r.cycle == cycle and _claims(policy, r)]
    if not made or state.sealed:
        raise WrongStage("check", state.stage)
    return made[-1]


def facts(
    claim: ReferralState, *, case_id: int, found: str, way: str, inspection: int | None
) -> dict[str, Any]:
    """The facts of a finding. Raises WrongEvidence for one that is none, or says nothing new.

    A claim keeps the way in which it was chosen: a correction cannot move it from one to the other.
    """
    if found not in FOUND:
        raise WrongEvidence({"found": "unknown"})
    earlier = _earlier(case_id, claim.cycle)
    told = earlier.facts["checked"] if earlier is not None else {"way": way, "found": ""}
    if way not in WAYS or way != told["way"]:
        raise WrongEvidence({"way": "unknown"})
    if found == told["found"]:
        raise WrongEvidence({"found": "unchanged"})
    checked: dict[str, Any] = {"cycle": claim.cycle, "unit": claim.unit, "found": found, "way": way}
    checked |= {"post": claim.post} if claim.post else {}
    if earlier is not None:
        checked["corrects"] = earlier.pk
    made: dict[str, Any] = {"checked": checked}
    if inspection is not None:
        made["evidence"] = {"inspection": inspection}
    return made


def _claims(policy: CityPolicy, referral: ReferralState) -> bool:
    stage = policy.stages.get(referral.stage)
    step = stage.steps.get(referral.outcome) if stage is not None else None
    return step is not None and claims_done(step)


def _earlier(case_id: int, cycle: int) -> Event | None:
    """What was last found of the claim; the case is locked, so nothing comes in between."""
    told = Event.objects.filter(subject_id=case_id, kind=KIND, facts__checked__cycle=cycle)
    return told.order_by("-pk").first()
