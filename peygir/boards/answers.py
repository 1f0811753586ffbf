"""What a citizen may answer to a case now, the same for every channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from peygir.cases.models import Case
from peygir.people.models import Reporter
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CITIZEN, CLOSED

WORD: Final = "citizen_word"
REASON: Final = "objection_reason"
RATING: Final = "rating"
HOPS_MAX: Final = 20  # merges of merges; a case cannot be merged into itself, so this never ends it


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Step codes for "it is fixed" and "it is not"; None where the case does not ask for it.

    `objection`: the step by which a citizen may object now, asked or not; None when it is too late.
    """

    yes: str | None = None
    no: str | None = None
    objection: str | None = None

    @property
    def asked(self) -> bool:
        """Whether the case waits for this citizen's word."""
        return self.yes is not None or (self.no is not None and self.no != self.objection)


def answerable(
    policy: CityPolicy, case: Case, *, at: datetime, reporter: Reporter | None = None
) -> Answers:
    """What may be answered. With `reporter`, only what this one may: the word that closes belongs
    to whoever reported first (to any other only when the first is anonymous). A reporter of a
    merged case answers for `subject_of` it."""
    if case.closed_at is not None:
        return Answers(objection=_late_objection(policy, case, at))
    stage = policy.stages.get(case.stage)  # None: the policy in force no longer has it
    steps = [*(stage.steps.values() if stage else ()), *policy.anywhere.values()]
    ours = [step for step in steps if CITIZEN in step.by and _has(case, step)]
    yes = next((s.code for s in ours if WORD in s.needs and s.to == CLOSED), None)
    no = next((s.code for s in ours if WORD in s.needs and s.to != CLOSED), None)
    objection = next((s.code for s in ours if s.needs == (REASON,)), None)
    if yes is not None and no is None:
        no = objection
    if yes is not None and reporter is not None and not _may_close(case, reporter):
        yes = None
    return Answers(yes=yes, no=no, objection=objection)


def takes(policy: CityPolicy, case: Case, step_code: str, name: str) -> bool:
    """Whether the step takes this evidence along ("photo_after", "objection_reason")."""
    step = policy.step(case.stage if case.closed_at is None else None, step_code)
    return step is not None and name in {*step.needs, *step.may_have}


def _has(case: Case, step: Step) -> bool:
    """Whether everything is there that a citizen cannot bring."""
    if step.only_for in ("urgent", "not_urgent") and (step.only_for == "urgent") != bool(
        case.urgent
    ):
        return False
    return "inspection" not in step.needs or case.inspection is not None


def subject_of(case: Case) -> Case:
    """The case that is worked on: this one, or the one that took it in (decision 0016)."""
    for _hop in range(HOPS_MAX):
        lead = Case.objects.filter(pk=case.lead_id).first() if case.lead_id else None
        if lead is None:
            break
        case = lead
    return case


def _may_close(case: Case, reporter: Reporter) -> bool:
    if reporter.case_id == case.pk and reporter.is_first:
        return True
    first = Reporter.objects.filter(case_id=case.pk, is_first=True).first()
    return first is None or first.citizen_id in (None, reporter.citizen_id)


def _late_objection(policy: CityPolicy, case: Case, at: datetime) -> str | None:
    for step in policy.after_closing.values():
        in_time = step.within is None or (case.closed_at and at <= case.closed_at + step.within)
        if CITIZEN in step.by and REASON in step.needs and in_time and case.lead_id is None:
            return step.code
    return None
