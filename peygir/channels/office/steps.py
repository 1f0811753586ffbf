"""Which step of the city's policy a message of the office automation takes, by what steps ask for.

No step is named here: an answer is the step that determines with a text, to forward is the step
that names a post, to return is the step that says why this is the wrong unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from peygir.channels.office.models import Handed
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CO, HOLDER, HOLDER_HEAD, HOLDER_UNIT

ANSWER, FORWARD, RETURN = "answer", "forward", "return"
ACKNOWLEDGE, DELEGATE = "acknowledge", "delegate"
KINDS: Final = (ANSWER, FORWARD, RETURN, ACKNOWLEDGE, DELEGATE)

#: What a text of theirs may stand for.
SAID: Final = frozenset({"answer_text", "result_text"})
TOLD: Final = "report_to_citizen"
WHY: Final = ("reason", "return_reason", "note")
THEIRS: Final = frozenset({HOLDER, HOLDER_UNIT, HOLDER_HEAD})


def accepted(policy: CityPolicy, handed: Handed) -> list[str]:
    """The kinds of message that a referral of this stage takes."""
    steps = [kind for kind in (ANSWER, FORWARD, RETURN) if step_for(kind, policy, handed)]
    return [*steps, ACKNOWLEDGE, *([DELEGATE] if handed.post else [])]


def step_for(kind: str, policy: CityPolicy, handed: Handed) -> Step | None:
    """The step that a message of `kind` takes here; None when the stage has no such step."""
    return next((s for s in _steps(policy, handed) if _is(kind, s, handed)), None)


def evidence(
    kind: str, step: Step, message: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the message brings for `step`: codes, and texts by the kind of paper they are."""
    text, told = str(message.get("text", "")), str(message.get("to_citizen", ""))
    asked = (*step.needs, *step.may_have)
    if kind == ANSWER:
        texts = dict.fromkeys((n for n in step.needs if n in SAID), text)
        if TOLD in asked:
            texts[TOLD] = told or text
        return {}, texts
    why = next((name for name in WHY if name in step.needs), None) or next(
        (name for name in WHY if name in step.may_have), None
    )
    codes = {"target_post": str(message.get("target_post", ""))} if kind == FORWARD else {}
    return codes, {why: text} if why else {}


def _steps(policy: CityPolicy, handed: Handed) -> Iterator[Step]:
    stage = policy.stages.get(handed.stage)
    if stage is not None:
        yield from (step for step in stage.steps.values() if THEIRS & {*step.by})


def _is(kind: str, step: Step, handed: Handed) -> bool:
    needs = {*step.needs}
    if handed.role == CO and step.role != CO and not needs & SAID:
        return False
    match kind:
        case "answer" if handed.role == CO and step.role == CO:
            return bool(needs & SAID)
        case "answer":
            return (
                step.determines
                and step.role != CO
                and bool(needs & SAID)
                and needs <= SAID | {TOLD}
                and step.only_for is None
            )
        case "forward":
            return "target_post" in {*needs, *step.may_have} and handed.role != CO
        case "return":
            return "return_reason" in needs and handed.role != CO
        case _:
            return False
