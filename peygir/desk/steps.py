"""Forms of a case's steps, made from the policy alone: a new step of a city needs no code here.

A field is named `<step>-<evidence>`, so that the forms of several steps stand on one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from peygir.calendars.jalali import to_jalali
from peygir.cases import decide, evidence, may, words
from peygir.cases.refusals import Refused, WaitsForCoUnits
from peygir.cases.state import CaseState
from peygir.desk.social.way import guards
from peygir.ledger.entry import Actor
from peygir.look.dates import duration, local, month_name
from peygir.look.numbers import fa
from peygir.people.papers import TEXT_MAX
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import UNREACHED, UNREACHED_STEP

#: How each kind of evidence is asked for. What the engine or the page supplies has no field.
KINDS: Final[Mapping[str, str]] = {
    "result_text": "text",
    "report_to_citizen": "text",
    "answer_text": "text",
    "return_reason": "text",
    "objection_reason": "text",
    "refusal_reason": "text",
    "note": "text",
    "photo_before": "photos",
    "photo_after": "photos",
    "promised_for": "day",
    "callback_at": "moment",
    "target_unit": "choice",
    "category": "choice",
    "district": "choice",
    "outside_body": "choice",
    "call": "choice",
    "merged_into": "code",
    "reason": "text",
    "kind": "choice",
    "urgent_ground": "choice",
    "action_text": "text",
    "crew": "text",
    "target_post": "choice",
    "post_draft": "text",
    "post_link": "text",
    "published_answer": "text",
    "body_answer": "text",
    "decision": "text",
    "facilitation": "text",
    "rating": "choice",
    "citizen_word": "said",  # recorded as the citizen's word on the telephone
    "letter": "",  # made on the page of letters
    "letter_reply": "",
    "inspection": "",
    "attempts": "",
    "head_approval": "",
}
TOLD: Final = "report_to_citizen"
ANSWERS: Final = ("report_to_citizen", "answer_text")  # for which the city has written answers
PROMISES_DAYS: Final = (7, 14, 30)
ANSWERING: Final = frozenset({"executive", "executive_head", "deputy", "mayor", "supervisor"})
CALLBACK_DAYS: Final = (0, 1, 2)

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a step asks for. `groups`: (heading, options); `answers`: key, title, body."""

    name: str
    evidence: str
    kind: str
    label: str
    required: bool
    hint: str = ""
    groups: Sequence[tuple[str, Options]] = ()
    answers: Sequence[tuple[str, str, str]] = ()
    same_as: str = ""  # label of the other text of the step whose words may be told as they are
    otherwise: str = ""  # the text of the step that is told where this stays empty
    chips: Options = ()  # days ahead that are chosen with one key
    months: Options = ()
    years: Options = ()
    value: str = ""  # what is chosen until somebody chooses: what the case says already
    length_max: int = TEXT_MAX

    @property
    def answer_options(self) -> Options:
        return [(key, title) for key, title, _body in self.answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A step that this person may take now. `blocked`: why not yet, "" when it may be sent.

    `referral`: number of the track that it belongs to; `track`: name of that track.
    """

    step: Step
    words: str
    fields: Sequence[Field]
    blocked: str = ""
    proposes: bool = False  # it then waits for the head
    has_files: bool = field(default=False)
    referral: int | None = None
    track: str = ""

    @property
    def code(self) -> str:
        return self.step.code

    @property
    def form(self) -> str:
        """The name of its form: two tracks may have a step of the same code."""
        return self.code if self.referral is None else f"{self.code}-{self.referral}"


def open_steps(
    policy: CityPolicy, state: CaseState, actor: Actor, *, at: datetime, language: str
) -> list[Open]:
    """What `actor` may do with the case now, in the policy's order."""
    found = (
        _open(policy, state, actor, code, number, at=at, language=language)
        for code, number in _candidates(policy, state)
    )
    return [one for one in found if one is not None]


def _candidates(policy: CityPolicy, state: CaseState) -> list[tuple[str, int | None]]:
    """Codes of all steps that the case offers anybody, each with the number of its track."""
    lead = state.lead
    if lead is None:
        return [(code, None) for code in policy.after_closing]
    tracks = [r for r in state.open_co if policy.stages[r.stage].track]
    beside = [(code, r.number) for r in tracks for code in policy.stages[r.stage].steps]
    own = [(code, None) for code in policy.stages[lead.stage].steps]
    return [*own, *beside, *((code, None) for code in policy.anywhere)]


def _open(
    policy: CityPolicy,
    state: CaseState,
    actor: Actor,
    code: str,
    number: int | None,
    *,
    at: datetime,
    language: str,
) -> Open | None:
    blocked = ""
    try:
        step, own = decide.find(policy, state, code, actor.units, number)
        if own is not None and guards(policy.stages[own.stage], code):
            return None
        if not may.take_step(policy, state, step, own, actor) or not _can_bring(
            policy, state, step
        ):
            return None
        decide.check_limits(policy, state, step, own, at)
    except WaitsForCoUnits as waits:
        blocked = words.refusal(waits, policy, language)
    except Refused:
        return None
    fields = fields_of(policy, state, step, at=at, language=language)
    track = policy.stages[own.stage] if own and number is not None else None
    if track is not None:
        fields = [replace(one, name=f"{code}-{number}-{one.evidence}") for one in fields]
    return Open(
        step=step,
        words=step.words.in_(language),
        fields=fields,
        blocked=blocked,
        proposes=bool(step.approval) and not (own and may.approve(policy, own, actor)),
        has_files=any(one.kind == "photos" for one in fields),
        referral=number,
        track=track.words.in_(language) if track else "",
    )


def on_own_page(policy: CityPolicy, state: CaseState, code: str, number: int | None) -> bool:
    """Whether this step is looked over, and so taken, on the page of social networks alone."""
    running = (r for r in state.referrals if r.is_open and number in (None, r.number))
    return any(guards(policy.stages[r.stage], code) for r in running)


def _can_bring(policy: CityPolicy, state: CaseState, step: Step) -> bool:
    """Whether what the engine supplies is there, and the citizen's word may come by telephone.

    A confirmation that must be the citizen's own (code, signature) is taken on the visit page.
    """
    there = {*evidence.supplied(policy, state, {}), "head_approval"}
    if any(not KINDS[name] and name not in there for name in step.needs):
        return False
    if step.finding is not None and step.finding != state.finding:
        return False
    return not ("citizen_word" in step.needs and step.word_via and "call" not in step.word_via)


def fields_of(
    policy: CityPolicy, state: CaseState, step: Step, *, at: datetime, language: str
) -> list[Field]:
    """A field for everything that the step needs or may have, needed ones first."""
    found = []
    for name in (*step.needs, *step.may_have):
        kind = KINDS[name]
        if not kind or (kind == "said" and name not in step.needs):
            continue
        found.append(_field(policy, state, step, name, kind, at=at, language=language))
    return found


def _field(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    name: str,
    kind: str,
    *,
    at: datetime,
    language: str,
) -> Field:
    year, _month, _day = to_jalali(local(at).date())
    otherwise = "answer_text" if name == TOLD and "answer_text" in step.needs else ""
    return Field(
        name=f"{step.code}-{name}",
        evidence=name,
        kind=kind,
        label=label(name),
        required=name in step.needs and not otherwise,
        hint=_hint(name, step),
        groups=_groups(policy, state, step, name, language) if kind == "choice" else (),
        answers=answers(policy, state.class_code, language)
        if name in ANSWERS and not otherwise
        else (),
        otherwise=otherwise,
        same_as=label("result_text") if name in ANSWERS and "result_text" in step.needs else "",
        chips=_chips(kind),
        months=[(str(m), month_name(m)) for m in range(1, 13)] if kind == "day" else (),
        years=[(str(y), fa(str(y))) for y in (year, year + 1)] if kind == "day" else (),
        value=str(state.district or "") if name == "district" and name in step.needs else "",
    )


def _chips(kind: str) -> Options:
    if kind == "day":
        ahead = [(str(d), duration(timedelta(days=d))) for d in PROMISES_DAYS]
        return [*ahead, ("0", _("another date"))]
    if kind == "moment":
        names = (_("today"), _("tomorrow"), _("the day after tomorrow"))
        return [(str(d), name) for d, name in zip(CALLBACK_DAYS, names, strict=True)]
    return ()


def label(name: str) -> str:
    """What a kind of evidence is called on a form."""
    return {
        "result_text": _("What was done"),
        "report_to_citizen": _("What the citizen is told"),
        "answer_text": _("The answer, with its reasons"),
        "return_reason": _("Why this is not for your unit"),
        "objection_reason": _("What is still wrong, in the citizen's words"),
        "refusal_reason": _("Why it is refused"),
        "note": _("Note for colleagues"),
        "photo_before": _("Photos from before the work"),
        "photo_after": _("Photos from after the work"),
        "promised_for": _("Promised date"),
        "callback_at": _("When to call again"),
        "target_unit": _("Unit"),
        "category": _("Subject"),
        "district": _("District"),
        "outside_body": _("Responsible body"),
        "call": _("How the call ended"),
        "merged_into": _("Tracking code of the case that goes on"),
        "citizen_word": _("The citizen's word"),
        "reason": _("Why"),
        "kind": _("Kind of voice"),
        "urgent_ground": _("Ground of urgency"),
        "action_text": _("First action taken"),
        "crew": _("Who was sent"),
        "target_post": _("Post"),
        "post_draft": _("Words for the social networks, without names"),
        "post_link": _("Address of what was published"),
        "published_answer": _("The answer that was published"),
        "body_answer": _("What the outside body answered"),
        "decision": _("Decision, with its reasons"),
        "facilitation": _("What was done to bring it forward"),
        "rating": _("How good the citizen finds the answer"),
        "letter": _("Letter"),
        "letter_reply": _("Reply to the letter"),
    }[name]


def _hint(name: str, step: Step) -> str:
    if name == "promised_for" and step.longest is not None:
        return _("At most %(days)s days ahead; the citizen is told this date.") % {
            "days": fa(step.longest.days)
        }
    if name == TOLD and "answer_text" in step.needs:
        return _("Empty: the citizen is told the answer above as it is.")
    return {
        "answer_text": _("It stays in the file, and the citizen can read it."),
        "merged_into": _("Its reporters and their deadlines go along."),
        "citizen_word": _("Recorded as what the citizen said on the telephone."),
        "target_unit": _("Leave empty to let subject and district decide.")
        if "target_unit" in step.may_have
        else "",
    }.get(name, "")


def answers(policy: CityPolicy, class_code: str, language: str) -> list[tuple[str, str, str]]:
    """The city's written answers for this class: (key, title, body)."""
    found = []
    for key, text in policy.texts.items():
        parts = key.split(".")
        if (
            len(parts) == 4
            and parts[0] == "answer"
            and parts[1] == class_code
            and parts[3] == "title"
        ):
            body = policy.texts.get(f"answer.{class_code}.{parts[2]}.body")
            if body is not None:
                found.append((parts[2], text.in_(language), body.in_(language).strip()))
    return found


def _groups(
    policy: CityPolicy, state: CaseState, step: Step, name: str, language: str
) -> Sequence[tuple[str, Options]]:
    match name:
        case "category":
            return categories(policy, language)
        case "district":
            return [("", districts(policy, language))]
        case "target_unit":
            taken = {r.unit for r in state.referrals if r.is_open} if step.opens_co else set()
            return units(policy, language, without=taken)
        case "target_post":
            held = state.lead.post if state.lead else ""
            return posts(policy, language, without={held, state.about_post})
        case "kind":
            kinds = policy.kinds.items()
            plain = [(code, kind.in_(language)) for code, kind in kinds if not kind.about]
            return [("", [each for each in plain if each[0] != state.kind])]
        case "urgent_ground":
            grounds = policy.urgent.grounds if policy.urgent else {}
            return [("", [(code, words.in_(language)) for code, words in grounds.items()])]
        case "rating":
            return [("", ratings())]
        case "outside_body":
            bodies = policy.organisation.outside_bodies
            return [("", [(code, names.in_(language)) for code, names in bodies.items()])]
        case _:
            outcomes = UNREACHED if step.code == UNREACHED_STEP else ("reached",)
            return [("", [(code, outcome(code)) for code in outcomes])]


def ratings() -> Options:
    """Five grades in words, the best first."""
    names = (_("Very good"), _("Good"), _("Middling"), _("Poor"), _("Very poor"))
    return [(str(5 - at), f"{fa(5 - at)} — {name}") for at, name in enumerate(names)]


def posts(
    policy: CityPolicy, language: str, *, without: set[str] | frozenset[str] = frozenset()
) -> Sequence[tuple[str, Options]]:
    """Posts that may answer for something, by the unit above theirs."""
    org = policy.organisation
    grouped: dict[str, list[tuple[str, str]]] = {}
    for post in org.posts.values():
        if ANSWERING & {*post.roles} and post.code not in without:
            parent = org.units[post.unit].parent
            above = org.units[parent].words.in_(language) if parent else ""
            grouped.setdefault(above, []).append((post.code, post.words.in_(language)))
    return list(grouped.items())


def outcome(code: str) -> str:
    """How a call may end, in words."""
    return {
        "reached": _("Reached"),
        "no_answer": _("No answer"),
        "busy": _("Busy"),
        "off": _("Switched off"),
        "wrong_number": _("Wrong number"),
    }[code]


def categories(policy: CityPolicy, language: str) -> Sequence[tuple[str, Options]]:
    """All subjects by group."""
    grouped: dict[str, list[tuple[str, str]]] = {code: [] for code in policy.groups}
    for category in policy.categories.values():
        grouped[category.group].append((category.code, category.words.in_(language)))
    return [(policy.groups[g].in_(language), options) for g, options in grouped.items() if options]


def districts(policy: CityPolicy, language: str) -> Options:
    found = policy.organisation.districts.items()
    return [(str(number), names.in_(language)) for number, names in found]


def units(
    policy: CityPolicy, language: str, *, without: set[str] | frozenset[str] = frozenset()
) -> Sequence[tuple[str, Options]]:
    """Units in which somebody executes, by the unit above them."""
    org = policy.organisation
    working = {post.unit for post in org.posts.values() if "executive" in post.roles} - without
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, unit in org.units.items():
        if code in working:
            above = org.units[unit.parent].words.in_(language) if unit.parent else ""
            grouped.setdefault(above, []).append((code, unit.words.in_(language)))
    return list(grouped.items())
