"""What a stage asks, told by what its steps need: no page knows the code of a stage or step."""

from collections.abc import Iterable
from dataclasses import dataclass

from peygir.calendars.durations import Span
from peygir.policy.model import CityPolicy, Stage, Step, Words
from peygir.policy.spans import wall
from peygir.policy.vocabulary import (
    ABOVE_ANSWERER,
    CITIZEN,
    CLOSED,
    DONE,
    LEAD,
    ROUTING_HEAD,
    SAME,
    SAME_POST,
    SUPERIOR,
    UNREACHED_STEP,
)

WORD = "citizen_word"
REASON = "objection_reason"
CALLBACK = "callback_at"
VISIT = "inspection"
CALL = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSteps:
    """What may come of a call in a stage; None where the policy has no such step."""

    yes: Step | None = None
    no: Step | None = None
    unreached: Step | None = None
    later: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSteps:
    """What may come of a visit: the citizen confirms, does not, or cannot be reached; of a track
    that is visited, that it is done."""

    confirmed: Step | None = None
    not_confirmed: Step | None = None
    unreachable: Step | None = None
    done: Step | None = None


def closes_by_word(step: Step) -> bool:
    """Whether it is the citizen's yes: their word, and with it the case is over."""
    return WORD in step.needs and step.to == CLOSED


def says_no(step: Step) -> bool:
    """Whether it is the citizen's no: their word or their reason, and the case goes on."""
    if step.to == CLOSED:
        return False
    return WORD in step.needs or (REASON in step.needs and step.to != SAME)


def claims_done(step: Step) -> bool:
    """Whether by this step a unit says that the work itself is done."""
    return step.determines and step.role == LEAD and "result_text" in step.needs


def claims_work(policy: CityPolicy) -> bool:
    """Whether units say that work is done, not only answer."""
    return any(claims_done(step) for stage in policy.stages.values() for step in _of(stage))


def silence(policy: CityPolicy) -> Span | None:
    """How long a citizen who has an answer may be silent until the case is closed with it: the
    shortest, where stages differ. None: silence closes nothing."""
    stages = (s for s in policy.stages.values() if s.waits_for_citizen)
    spans = [s.due for s in stages if s.due != "class" and s.steps[s.on_breach or ""].to == CLOSED]
    return min(spans, key=lambda span: wall(span, policy.calendar), default=None)


def by_name(policy: CityPolicy, stage: str) -> bool:
    """Whether a case waits there with one official, who answers for it by name and post (M2)."""
    found = policy.stages.get(stage)
    return found is not None and found.holder in (ROUTING_HEAD, SAME_POST, ABOVE_ANSWERER)


def answered_in_words(policy: CityPolicy, stage: str) -> bool:
    """Whether the citizen judges an answer there, not work: one by name, or one that holds where
    nobody objects to it."""
    found = policy.stages.get(stage)
    return by_name(policy, stage) or (found is not None and found.waits_for_citizen)


def climbs(policy: CityPolicy) -> bool:
    """Whether what one manager leaves unanswered goes to the manager above."""
    return any(stage.on_breach == SUPERIOR for stage in policy.stages.values())


def asks_citizen(stage: Stage) -> bool:
    """Whether a case in this stage waits for a yes or a no that the citizen may give unvisited."""
    return any(CITIZEN in s.by and closes_by_word(s) and VISIT not in s.needs for s in _of(stage))


def call_steps(stage: Stage) -> CallSteps:
    """The steps of a stage that people are called about."""
    steps = [step for step in _of(stage) if VISIT not in step.needs]
    return CallSteps(
        yes=_first(s for s in steps if closes_by_word(s)),
        no=_first(s for s in steps if says_no(s)),
        unreached=_first(s for s in steps if s.code == UNREACHED_STEP and CALL in s.needs),
        later=_first(s for s in steps if CALLBACK in s.needs),
    )


def visit_steps(stage: Stage) -> VisitSteps:
    """The steps of a stage that is looked at on site."""
    steps = [step for step in _of(stage) if VISIT in step.needs]
    back = [s for s in steps if s.to not in (CLOSED, DONE, SAME) and WORD not in s.needs]
    return VisitSteps(
        confirmed=_first(s for s in steps if closes_by_word(s)),
        not_confirmed=_first(s for s in back if s.new_cycle) or _first(back),
        unreachable=_first(s for s in steps if s.to == CLOSED and "attempts" in s.needs),
        done=_first(s for s in steps if s.to == DONE and WORD not in s.needs),
    )


def reports_no_follow_up(policy: CityPolicy) -> Step | None:
    """The step, open wherever a case waits, by which somebody says that nobody follows it up."""
    steps = policy.anywhere.values()
    return _first(s for s in steps if s.to == SAME and REASON in s.needs)


def merges(policy: CityPolicy) -> Step | None:
    """The step that closes a report of an event which another case follows."""
    return _first(s for s in policy.anywhere.values() if "merged_into" in s.needs)


def sorts(stage: Stage) -> Step | None:
    """The step by which somebody says what a message is about and where, and so who gets it."""
    sorting = {"category", "district"}
    return _first(s for s in _of(stage) if "category" in s.needs and set(s.needs) <= sorting)


def tells(policy: CityPolicy, text: str) -> Step | None:
    """A step of which the citizen is told by the text `sms.` and this name."""
    steps = [s for stage in policy.stages.values() for s in _of(stage)]
    steps += [*policy.anywhere.values(), *policy.after_closing.values()]
    return _first(s for s in steps if s.tells == text)


def citizens_own(policy: CityPolicy) -> frozenset[str]:
    """Codes of steps whose text is one citizen's own: no other reporter reads it."""
    steps = [s for stage in policy.stages.values() for s in _of(stage)]
    steps += [*policy.anywhere.values(), *policy.after_closing.values()]
    return frozenset(s.code for s in steps if REASON in {*s.needs, *s.may_have})


def _of(stage: Stage) -> list[Step]:
    return [*stage.steps.values()]


def _first(steps: Iterable[Step]) -> Step | None:
    return next(iter(steps), None)


def called(policy: CityPolicy, category: str, kind: str) -> Words | None:
    """What a message is called: by its subject, or by its kind where that goes a way of its own,
    as thanks and complaints about officials do; None for one that nobody sorted yet."""
    if category in policy.categories:
        return policy.categories[category].words
    given = policy.kinds.get(kind)
    return given if given is not None and given.start else None
