"""How likely each step is, told by what it asks for and where it leads; a city may say otherwise.

`demo.toml [chances]` names a step, alone ("promise") or with its stage ("review.answer"), and gives
its weight beside the others that are open to the same referral.
"""

from typing import Final

from peygir.cases.state import CaseState, ReferralState
from peygir.demo.town import Town
from peygir.policy.asking import REASON, WORD, closes_by_word, says_no
from peygir.policy.model import Stage, Step
from peygir.policy.vocabulary import CLOSED, DONE, SAME, UNREACHED_STEP

DETERMINES: Final = 74.0
SILENT: Final = 26.0  # citizens who neither accept nor object, beside the weights of a yes and a no
SLOW_MOOD: Final = 1.1


def weight(town: Town, state: CaseState, referral: ReferralState | None, step: Step) -> float:
    """The weight of `step` on `referral` (None: the case is closed)."""
    said = town.texts.chances
    stage = town.policy.stages[referral.stage] if referral else None
    named = f"{stage.code}.{step.code}" if stage else step.code
    own = said.get(named, said.get(step.code))
    if own is not None:
        return own if not (step.rearm and state.promised_for) else 0.0
    return _usual(town, state, stage, step)


def _usual(town: Town, state: CaseState, stage: Stage | None, step: Step) -> float:
    if stage is not None and step.code not in stage.steps:
        return _anywhere(state, step)
    if closes_by_word(step) or says_no(step) or step.code == UNREACHED_STEP:
        return _answer(town, state, step)
    if step.only_for == "nonmunicipal":
        return 40 * DETERMINES
    if step.rearm:
        return 0.0 if state.promised_for else 45.0
    if step.determines:
        return 3.0 if step.to == CLOSED else DETERMINES
    if "callback_at" in step.needs:
        return 3.0
    if "return_reason" in step.needs:
        return 0.0 if state.returns else 4.0
    if step.opens_co:
        return 4.0
    if step.calms or set(step.needs) == {"reason"} or "target_post" in step.needs:
        return 4.0
    return 8.0 if step.to == SAME else 40.0 if step.to == DONE else 20.0


def _anywhere(state: CaseState, step: Step) -> float:
    """Steps that are open wherever a case waits are rare."""
    if "merged_into" in step.needs:
        return 2.0
    if REASON in step.needs:
        return 0.0 if state.objections else 1.5
    return 0.6


def _answer(town: Town, state: CaseState, step: Step) -> float:
    if step.code == UNREACHED_STEP:  # who did not answer once often does not answer again
        return 150.0 if state.taken(step.code, state.cycle) else 11.0
    if "inspection" in step.needs:
        return {"done": 60.0, "partly": 12.0}.get(state.finding, 0.0)
    if WORD in step.needs and closes_by_word(step):
        return 79.0 if town.mood(state.executive_unit or state.unit) < SLOW_MOOD else 64.0
    return 13.0
