"""Who holds a case in a stage: a unit, and the post in it where one must answer by name."""

from collections.abc import Mapping
from typing import Any

from peygir.cases.evidence import Evidence
from peygir.cases.refusals import WrongEvidence
from peygir.cases.state import CaseState
from peygir.policy import vocabulary as words
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import LEAD

Facts = Mapping[str, Any]


def holder(
    policy: CityPolicy, state: CaseState, found: Evidence, to: str, sets: Facts
) -> tuple[str, str]:
    """Unit and post ("": anybody of the unit) that hold the case in the stage `to`.

    `sets`: what the step changes on the case. Raises WrongEvidence when the policy names nobody.
    """
    org, wanted = policy.organisation, policy.stages[to].holder
    if "target_post" in found:
        return org.posts[found["target_post"]].unit, found["target_post"]
    match wanted:
        case words.ROUTING | words.ROUTING_HEAD:
            if wanted == words.ROUTING_HEAD and to == state.stage and _stays(state, found):
                return state.unit, state.post
            unit = _routed_unit(policy, state, found, sets)
            return unit, (org.head_of(unit) or "") if wanted == words.ROUTING_HEAD else ""
        case words.SAME_POST | words.ABOVE_ANSWERER:
            post = _last_post(state)
            if wanted == words.ABOVE_ANSWERER and post in org.posts:
                post = org.posts[post].superior or post
            return (org.posts[post].unit if post in org.posts else state.executive_unit), post
        case words.IMPARTIAL:
            return impartial(policy, state.about_post), ""
        case words.NAMED_UNIT:
            return state.about_unit or state.executive_unit or state.unit, ""
        case _:
            return wanted, ""


def _stays(state: CaseState, found: Evidence) -> bool:
    """Whether a case that goes on in its stage stays with the post that has it."""
    return bool(state.post) and not {"target_unit", "category", "district"} & {*found}


def impartial(policy: CityPolicy, accused: str) -> str:
    """The unit that examines a complaint about `accused`. Raises WrongEvidence without any."""
    unit = policy.organisation.impartial(policy.impartial, accused)
    if unit is None:
        raise WrongEvidence({"about_post": "unknown"})
    return unit


def _routed_unit(policy: CityPolicy, state: CaseState, found: Evidence, sets: Facts) -> str:
    if "target_unit" in found:
        return str(found["target_unit"])
    sorted_anew = "category" in found or "district" in found
    if state.executive_unit and not sorted_anew:
        return state.executive_unit
    category = sets.get("category", state.category)
    unit = route(policy, category, sets.get("district", state.district))
    if unit is None:
        raise WrongEvidence({"district": "missing"})
    return unit


def _last_post(state: CaseState) -> str:
    """The post that held the case last; after a closing, the one that answered."""
    held = [r.post for r in state.referrals if r.role == LEAD and r.post]
    return held[-1] if held else state.post


def route(policy: CityPolicy, category: str, district: int | None) -> str | None:
    """The unit that answers for this subject in this place; None when somebody must sort it."""
    found = policy.categories.get(category)
    if found is None:
        return None
    return policy.organisation.route(found.function, district)
