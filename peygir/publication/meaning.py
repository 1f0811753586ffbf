"""What an event means to the public: its leaf's type and fields, told by what steps ask for.

Pure: reads the event and the policy that it happened under, and no code of any city's steps.
Times are epoch seconds.
"""

from collections.abc import Mapping
from typing import Any, Final

from peygir.ledger.entry import Recorded
from peygir.policy import asking, lateness
from peygir.policy.model import CityPolicy, Ending, Step
from peygir.policy.vocabulary import CITIZEN, CLOSED, CO, LEAD, SAME
from peygir.publication.shape import CHANNELS, SYSTEM

Body = dict[str, Any]

EMPTY: Final[Mapping[str, Any]] = {}


def of_event(event: Recorded, policy: CityPolicy, post: str = "") -> Body | None:
    """Type and fields of the leaf of an event about a case; None: the public learns nothing of it.

    `post`: that held the referral of a deadline ("": any of the unit). Without n, prev, case,
    commitments: those belong to the log and to the case's key.
    """
    make = _MAKERS.get(event.kind)
    if make is None:
        return None
    body = make(event, policy)
    if body is None:
        return None
    if event.kind == "clock.fired" and post:
        body["post"] = post
    return body | {"et": int(event.happened_at.timestamp())}


def auditable(event: Recorded) -> Body | None:
    """Subject and place as exactly as they are known, without anything about a person; None where
    the event says neither."""
    if event.kind == "case.registered":
        given = event.facts["case"]
    else:
        given = event.facts.get("sets", EMPTY)
        if "category" not in given and "district" not in given:
            return None
    found: Body = {}
    if given.get("category"):
        found["category"] = given["category"]
    if given.get("district") is not None:
        found["district"] = given["district"]
    for name in ("lat", "lon"):
        if given.get(f"{name}_e6") is not None:
            found[f"{name}_e3"] = round(given[f"{name}_e6"] / 1000)  # about a hundred metres
    return found


def ending_kind(ending: Ending) -> str:
    """by_word, merged, handed_over, or exception: how the public counts an ending."""
    if ending.citizens_word:
        return "by_word"
    if "merged_into" in ending.needs:
        return "merged"
    return "handed_over" if "outside_body" in ending.needs else "exception"


def _registered(event: Recorded, policy: CityPolicy) -> Body | None:
    given = event.facts.get("case")
    if given is None:
        return None
    lead = event.facts["opens"][0]
    body: Body = {
        "t": "case.registered",
        "ch": given["channel"] if given["channel"] in CHANNELS else SYSTEM,
        "kind": given["kind"],
        "unit": given["unit"],
        "rules": event.policy,
        **_due(lead, event),
        **_subject(policy, given),
    }
    if given.get("post"):
        body["post"] = given["post"]
    if given.get("simulated"):
        body["sim"] = True
    if "device" in event.facts:
        body["cc"] = event.facts["device"]
    return body | _opened(event.facts)


def _stepped(event: Recorded, policy: CityPolicy) -> Body:
    facts = event.facts
    step = _step(policy, event)
    evidence, sets = facts.get("evidence", EMPTY), facts.get("sets", EMPTY)
    body: Body = {"t": _type(event, policy, step)}
    body |= _subject(policy, sets) | _said(event, step, evidence)
    if "kind" in evidence:
        body["kind"] = evidence["kind"]
    if step is not None and step.determines:
        body |= {"told": "report_to_citizen" in evidence, "unit": event.unit}
        if event.stage in policy.stages and policy.stages[event.stage].by_post:
            body |= {"post": event.actor.post} if event.actor.post else {}
    if sets.get("promised_for"):
        body["until"] = sets["promised_for"]
    if sets.get("cycle") is not None:
        body["cyc"] = sets["cycle"]
    if "ends" in facts:
        body |= {"end": ending_kind(policy.endings[facts["ends"]]), "ending": facts["ends"]}
    return body | _moved(event, policy) | _opened(facts)


def _climbed(event: Recorded, policy: CityPolicy) -> Body:
    """The time allowed to the superior is no new time for the citizen: the leaf names no `due`."""
    moved = _moved(event, policy)
    moved.pop("due", None)
    moved.pop("sla", None)
    return {"t": "case.routed", "up": True, **moved}


def _inspected(event: Recorded, policy: CityPolicy) -> Body:
    return {"t": "case.inspected", "found": event.facts["sets"]["finding"]}


def _checked(event: Recorded, policy: CityPolicy) -> Body:
    """What was found of a claim that a list drew, and whose it was. `fix`: it puts an earlier
    finding of the claim right."""
    checked = event.facts["checked"]
    body: Body = {"t": "case.checked", "claim": checked["found"], "by": checked["way"]}
    body |= {"unit": checked["unit"], "cyc": checked["cycle"]}
    if "post" in checked:
        body["post"] = checked["post"]
    return body | ({"fix": True} if "corrects" in checked else {})


def _paused(event: Recorded, policy: CityPolicy) -> Body:
    clock = event.facts["clock"]
    body = {"t": "case.paused", "clk": clock["number"], "why": clock["reason"]}
    return body | {"until": clock["until"]} | _works(policy, event.stage)


def _resumed(event: Recorded, policy: CityPolicy) -> Body:
    clock = event.facts["clock"]
    body: Body = {"t": "case.resumed", "clk": clock["number"]} | _works(policy, event.stage)
    return body | ({"due": clock["due"]} if "work" in body else {})


def _fired(event: Recorded, policy: CityPolicy) -> Body | None:
    """A deadline that the city let pass: warnings, and the citizen's own time, are no lateness."""
    level = int(event.facts["level"])
    if level < 1 or (event.clock and lateness.waits_for_citizen(policy, event.stage)):
        return None
    missed = lateness.missed(policy, event.stage, level, int(event.facts.get("collapsed", 0)))
    body: Body = {"t": "case.overdue", "clk": event.clock, "lvl": level, "lvls": missed.levels}
    body |= {"pts": -missed.cost if event.clock else 0, "unit": event.unit}
    return body | (_works(policy, event.stage) if event.clock else {})


_MAKERS: Final = {
    "case.registered": _registered,
    "case.stepped": _stepped,
    "case.climbed": _climbed,
    "case.inspected": _inspected,
    "case.checked": _checked,
    "case.paused": _paused,
    "case.resumed": _resumed,
    "clock.fired": _fired,
}


def _type(event: Recorded, policy: CityPolicy, step: Step | None) -> str:
    """The most telling name of what happened; everything else that did stands in the fields."""
    facts = event.facts
    evidence, sets = facts.get("evidence", EMPTY), facts.get("sets", EMPTY)
    if "ends" in facts:
        return "case.merged" if "merged_into" in evidence else "case.closed"
    if facts.get("reopens"):
        return "case.reopened"
    if step is None:
        return "case.stepped"
    if _disputes(step, evidence):
        return "case.disputed"
    if sets.get("cycle") is not None:
        return "case.reopened"
    if step.to == SAME and asking.REASON in step.needs:
        return "case.objected"
    if asking.WORD in evidence:
        return "case.confirmed"
    if sets.get("promised_for"):
        return "case.promised"
    if "category" in evidence or "kind" in evidence:
        first = event.stage == policy.start_unsorted
        return "case.routed" if first and _lead(facts) else "case.recategorised"
    if step.determines:
        return "case.work_done"
    lead = _lead(facts)
    return "case.routed" if lead is not None and lead["stage"] != event.stage else "case.stepped"


def _disputes(step: Step, evidence: Mapping[str, Any]) -> bool:
    """The citizen's no: their word or their reason, and the case goes on."""
    return asking.says_no(step) and (asking.WORD in evidence or asking.REASON in evidence)


def _said(event: Recorded, step: Step | None, evidence: Mapping[str, Any]) -> Body:
    """The citizen's word, how it came, and the secret of the device that it came from."""
    if step is None:
        return {}
    given = evidence.get(asking.WORD)
    if given is not None:
        said = {"word": "yes" if step.to == CLOSED else "no", "mode": given["via"]}
        return said | ({"cs": given["secret"]} if "secret" in given else {})
    if _disputes(step, evidence):
        return {"word": "no", "mode": "web" if event.actor.kind == CITIZEN else "call"}
    return {}


def _subject(policy: CityPolicy, given: Mapping[str, Any]) -> Body:
    """Subject and place, coarsened: class, group, district. Never the category itself."""
    found: Body = {}
    category = policy.categories.get(given.get("category") or "")
    if category is not None:
        found |= {"cls": given["class_code"], "grp": category.group}
    if given.get("district") is not None:
        found["dist"] = given["district"]
    return found


def _moved(event: Recorded, policy: CityPolicy) -> Body:
    """Who holds the case now, and from when on the work is late."""
    lead = _lead(event.facts)
    if lead is None:
        return {}
    body: Body = {}
    if lead["stage"] != event.stage or lead["unit"] != event.unit or "climbs" in event.facts:
        body |= {"to": lead["unit"], "from": event.unit}
        if lead.get("post"):
            body["post"] = lead["post"]
    return body | (_due(lead, event) if _works(policy, lead["stage"]) else {})


def _opened(facts: Mapping[str, Any]) -> Body:
    """Units that work beside the one that holds the case."""
    units = [each["unit"] for each in facts.get("opens", ()) if each["role"] == CO]
    return {"opens": units} if units else {}


def _lead(facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((each for each in facts.get("opens", ()) if each["role"] == LEAD), None)


def _due(lead: Mapping[str, Any], event: Recorded) -> Body:
    clock = lead["clock"]
    start = clock.get("started", int(event.happened_at.timestamp()))
    return {"due": clock["due"], "sla": clock["due"] - start}


def _works(policy: CityPolicy, stage: str) -> Body:
    """Marks what concerns the work itself: a stage in which the citizen's matter is determined."""
    found = policy.stages.get(stage)
    works = found is not None and any(step.determines for step in found.steps.values())
    return {"work": True} if works else {}


def _step(policy: CityPolicy, event: Recorded) -> Step | None:
    """The step as its policy has it; a track's, where the stage itself has none of this name."""
    stage = None if event.stage == CLOSED else event.stage
    if stage is not None and stage not in policy.stages:
        return None
    return policy.step(stage, event.step) or policy.track_step(event.step)
