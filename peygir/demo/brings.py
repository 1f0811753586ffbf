"""What simulated people bring along with a step: codes, numbers, pictures and words."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from peygir.boards.suggest import suggest
from peygir.cases import evidence
from peygir.cases.state import CaseState, ReferralState
from peygir.demo import bodies, mail
from peygir.demo.town import Town
from peygir.ledger.entry import Actor
from peygir.people import papers
from peygir.policy.model import Step
from peygir.policy.vocabulary import CLOSED, UNREACHED_STEP

CALL_S: Final = (25, 190)
PHOTOGRAPHED: Final = 0.4  # share of results with pictures
GRADES: Final = {5: 30, 4: 34, 3: 18, 2: 10, 1: 8}
#: Evidence in words -> the lists of demo.toml's texts to draw from, the first that is there.
SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "return_reason": ("returned",),
    "objection_reason": ("objection",),
    "refusal_reason": ("refused",),
    "note": ("note",),
    "reason": ("reason", "note"),
    "action_text": ("action", "finding_done"),
    "crew": ("crew", "note"),
    "post_draft": ("post_draft",),
    "post_link": ("post_link",),
    "body_answer": ("body_answer",),
    "decision": ("decision", "infeasible"),
    "published_answer": ("published_answer",),
    "facilitation": ("facilitation", "note"),
}


def able(town: Town, state: CaseState, step: Step) -> bool:
    """Whether the simulated people can bring what the step needs."""
    there = evidence.supplied(town.policy, state, {})
    if step.finding not in (None, state.finding):
        return False
    for name in step.needs:
        if name in ("inspection", "attempts") and name not in there:
            return False
        if name == "letter" and not mail.can_write(town, state):
            return False
        if name == "letter_reply" and not mail.can_answer(town, state):
            return False
        if name == "merged_into" and not older(town, state):
            return False
        if name == "target_unit" and not near_units(town, state):
            return False
        if name == "outside_body" and not bodies.any_fits(town, state):
            return False
    return True


def evidence_of(
    town: Town, state: CaseState, step: Step, actor: Actor, at: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """(codes and numbers, words) for everything that the step needs and some that it may have."""
    found: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in (*step.needs, *_extras(town, step, actor)):
        maker = MAKERS.get(name)
        if maker is not None:
            value = maker(town, state, step, actor, at)
            if value is not None:
                found[name] = value
        else:
            text = _words(town, state, step, name)
            if text:
                said[name] = text
    return found, said


def older(town: Town, state: CaseState) -> list[int]:
    """Open cases of the same place and subject that came before."""
    return [c for c in town.recent.get((state.district, state.category), []) if c < state.id]


def near_units(town: Town, state: CaseState) -> list[str]:
    """Other units of the same district that work."""
    return [
        unit.code
        for unit in town.policy.organisation.units.values()
        if unit.function and unit.district == state.district and unit.code != state.unit
    ]


def _extras(town: Town, step: Step, actor: Actor) -> list[str]:
    """Of what the step may have, what people bring along of themselves."""
    wanted: list[str] = []
    if "photo_after" in step.may_have and actor.kind == "post" and town.share(PHOTOGRAPHED):
        wanted += [n for n in ("photo_before", "photo_after") if n in step.may_have]
    if "objection_reason" in step.may_have and step.to != CLOSED:
        wanted.append("objection_reason")
    if "rating" in step.may_have and town.share(0.7):
        wanted.append("rating")
    if "call" in step.may_have and actor.kind == "post":
        wanted.append("call")
    return wanted


def _words(town: Town, state: CaseState, step: Step, name: str) -> str:
    if step.role == "co" and name == "result_text":
        return town.texts.pick(town.rng, "joint_done")
    if name == "note" and step.opens_co:
        return town.texts.pick(town.rng, "joint")
    if step.rearm and name == "report_to_citizen":
        return town.texts.pick(town.rng, "promise")
    if name in ("answer_text", "report_to_citizen") and _refuses(step):
        return town.texts.pick(town.rng, "infeasible")
    known = next((k for k in SAID.get(name, ()) if town.texts.texts.get(k)), None)
    if known is not None:
        return town.texts.pick(town.rng, known)
    if name == "post_link":
        return f"https://social.example/{state.id % 100_000}"
    return town.texts.result(town.rng, town.policy, state.category)


def _refuses(step: Step) -> bool:
    """Whether it ends the case with reasons instead of work."""
    return step.to == CLOSED and "answer_text" in step.needs


def _subject(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> str:
    """What the citizen's words speak of; of a case that is sorted already, a neighbour of it."""
    if state.category in town.policy.categories and step.keeps_start:
        group = town.policy.categories[state.category].group
        return town.rng.choice(
            [c.code for c in town.policy.categories.values() if c.group == group]
        )
    if state.category:
        return state.category
    said = " ".join(paper.text for paper in papers.of(state.id, "words"))
    weights = town.texts.weights
    return next(
        (code for code in suggest(town.policy, said) if code in weights),
        town.rng.choices(list(weights), list(weights.values()))[0],
    )


def _district(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int:
    return state.district or town.rng.choice(list(town.texts.places))


def _promised(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int:
    most = (step.longest or timedelta(days=35)) * 0.9
    by = at + min(timedelta(days=town.rng.uniform(3, 35)), most)
    return int(by.timestamp())


def _target_unit(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> str:
    return town.rng.choice(near_units(town, state))


def _target_post(
    town: Town, state: CaseState, step: Step, actor: Actor, at: datetime
) -> str | None:
    """A head of the same district, or of anywhere where there is none."""
    org = town.policy.organisation
    held = state.lead.post if state.lead else ""
    heads = [p for p in org.posts.values() if "executive_head" in p.roles and p.code != held]
    near = [p for p in heads if org.units[p.unit].district == state.district]
    return town.rng.choice(near or heads).code if heads else None


def _body(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> str:
    return bodies.choose(town, state)


def _call(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> dict[str, Any]:
    outcome = "reached"
    if step.code == UNREACHED_STEP:
        outcome = town.rng.choices(["no_answer", "busy", "off"], [6, 2, 3])[0]
    ended = int((at + timedelta(seconds=town.rng.uniform(*CALL_S))).timestamp())
    started = int(at.timestamp())
    return {"outcome": outcome, "staff": actor.staff_id, "started": started, "ended": ended}


def _callback(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int:
    return int((at + timedelta(hours=town.rng.uniform(2, 20))).timestamp())


def _word(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> dict[str, Any]:
    ways = ["call"] if actor.kind == "post" else ["sms", "web"]
    if step.word_via:
        ways = [w for w in ("code", "signature") if w in step.word_via] or [*step.word_via]
        ways = ways if actor.kind == "post" else [w for w in ("sms", "web") if w in step.word_via]
    return {"via": town.rng.choice(ways or ["web"]), "at": int(at.timestamp())}


def _merged(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int | None:
    found = older(town, state)
    return found[-1] if found else None


def _ground(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> str | None:
    urgent = town.policy.urgent
    return town.rng.choice(list(urgent.grounds)) if urgent else None


def _grade(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int:
    return town.rng.choices(list(GRADES), list(GRADES.values()))[0]


def _picture(kind: str) -> "Maker":
    def make(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> list[int]:
        category = town.policy.categories.get(state.category)
        return [town.picture(state.id, category.group if category else "", kind, actor, at)]

    return make


def _nothing(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> None:
    """The engine supplies it."""


Maker = Callable[[Town, CaseState, Step, Actor, datetime], Any]
MAKERS: Final[Mapping[str, Maker]] = {
    "category": _subject,
    "district": _district,
    "promised_for": _promised,
    "letter": mail.write,
    "letter_reply": mail.answer,
    "target_unit": _target_unit,
    "target_post": _target_post,
    "outside_body": _body,
    "call": _call,
    "callback_at": _callback,
    "citizen_word": _word,
    "merged_into": _merged,
    "kind": _nothing,
    "urgent_ground": _ground,
    "rating": _grade,
    "photo_before": _picture("before"),
    "photo_after": _picture("after"),
    "inspection": _nothing,
    "attempts": _nothing,
    "head_approval": _nothing,
}


def owner(state: CaseState, number: int | None) -> ReferralState | None:
    """The referral of this number, if it is still open."""
    return next((r for r in state.referrals if r.number == number and r.is_open), None)
