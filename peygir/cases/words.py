"""An event as a sentence, for staff and for citizens, and a refusal as a sentence that says what
to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext as _

from peygir.cases import refusals
from peygir.cases.fold import instant
from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.look.dates import jalali_words
from peygir.look.numbers import fa, listed
from peygir.people.models import Delegation, Inspection, Paper, Staff
from peygir.people.papers import TEXT_MAX
from peygir.policy.asking import by_name
from peygir.policy.lateness import waits_for_citizen
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope

Audience = Literal["staff", "citizen"]

#: Papers that a citizen may read; the others are for colleagues.
CITIZENS_PAPERS = ("report_to_citizen", "answer_text", "objection_reason")
#: Kinds of event that only colleagues see.
INTERNAL = frozenset(
    {
        "case.noted",
        "case.proposed",
        "case.proposal_refused",
        "case.inspected",
        "case.checked",
        "case.absorbed",
        "case.invited",
        "case.uninvited",
    }
)
#: Of these a citizen learns that they happened; what was found is for colleagues.
RETOLD = frozenset({"case.inspected", "case.checked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a case's story. `text`: what was written with it; `photos`: picture ids."""

    at: datetime
    words: str
    who: str
    text: str
    photos: tuple[int, ...]
    public: bool
    kind: str
    step: str
    signed: bool = False  # an official's answer, by name


def timeline(
    case_id: int, policy: CityPolicy, language: str, audience: Audience = "staff"
) -> list[Line]:
    """The story of a case, oldest first, as `audience` may read it."""
    events = read.of("case", case_id)
    texts = {p.id: p for p in Paper.objects.filter(case_id=case_id)}
    people = _people(e for e in events if audience == "staff" or _signed(e, policy))
    stand_ins = _stand_ins(events) if audience == "staff" else frozenset()
    visits = Inspection.objects.filter(case_id=case_id).in_bulk() if audience == "staff" else {}
    with translation.override(language):
        lines = [_line(e, policy, language, audience, texts, people, visits) for e in events]
        lines = [
            replace(line, who=listed((line.who, _by_the_way(event, policy, language, stand_ins))))
            if audience == "staff"
            else line
            for event, line in zip(events, lines, strict=True)
        ]
    return [line for line in lines if audience == "staff" or line.public]


def sentence(event: Recorded, policy: CityPolicy, language: str) -> str:
    """What happened, in one sentence without names of people."""
    facts = event.facts
    match event.kind:
        case "case.registered":
            return _("Registered and referred to %(unit)s; due %(due)s.") % _opened(
                event, policy, language
            )
        case "case.stepped":
            return _step(event, policy, language)
        case "case.proposed":
            return _("%(step)s: proposed, waiting for the head's approval.") % _named(
                event, policy, language
            )
        case "case.inspected":
            return _("Field inspection: %(found)s.") % {"found": finding(facts["sets"]["finding"])}
        case "case.checked":
            return _checked(facts["checked"], policy, language)
        case "case.joined":
            return _("Another citizen reported the same; %(n)s reporters now.") % {
                "n": fa(facts["sets"]["reporters"])
            }
        case "case.paused" | "case.resumed":
            return _paused(event, policy, language)
        case "clock.fired":
            return _fired(event, policy, language)
        case "case.climbed" | "case.invited" | "case.uninvited":
            return _by_post(event, policy, language)
        case kind:
            return _plain(kind)


def _checked(checked: Mapping[str, Any], policy: CityPolicy, language: str) -> str:
    """That a claim was looked at: whose, how it was chosen, what was found."""
    said = {
        "unit": unit_name(policy, checked["unit"], language),
        "found": claim_finding(checked["found"]),
    }
    if "corrects" in checked:
        return _("Put right: the claim of %(unit)s was inspected; %(found)s.") % said
    if checked["way"] == "lot":
        return _("The claim of %(unit)s was drawn by lot and inspected: %(found)s.") % said
    return _("The claim of %(unit)s was inspected by risk: %(found)s.") % said


def _retold() -> Mapping[str, str]:
    """What a citizen reads instead of what was found."""
    return {
        "case.inspected": _("The place was visited."),
        "case.checked": _("An inspector looked whether the work is done."),
    }


def _plain(kind: str) -> str:
    """What is said of an event in the same words each time."""
    return {
        "case.proposal_refused": _("The head refused the proposal."),
        "case.absorbed": _("Another report of the same event was merged into this case."),
        "case.noted": _("Note for colleagues."),
        "case.told": _("Everybody who reported this incident was told about it."),
    }.get(kind, kind)


def unit_name(policy: CityPolicy, code: str, language: str) -> str:
    unit = policy.organisation.units.get(code)
    return unit.words.in_(language) if unit else code


def post_name(policy: CityPolicy, code: str, language: str) -> str:
    post = policy.organisation.posts.get(code)
    return post.words.in_(language) if post else code


def holder_name(policy: CityPolicy, unit: str, post: str, language: str) -> str:
    """Who has a case: the post where one official must act, else the unit."""
    return post_name(policy, post, language) if post else unit_name(policy, unit, language)


def scope_words(policy: CityPolicy, scope: Scope, language: str) -> str:
    """Where an overlay holds: districts, kinds of work, subjects; "" when it is the whole city."""
    org = policy.organisation
    groups = (
        [org.districts[n].in_(language) for n in scope.districts if n in org.districts],
        [policy.classes[c].words.in_(language) for c in scope.classes if c in policy.classes],
        [
            policy.categories[c].words.in_(language)
            for c in scope.categories
            if c in policy.categories
        ],
    )
    return " · ".join(listed(group) for group in groups if group)


def finding(code: str) -> str:
    return {
        "done": _("the work is done"),
        "partly": _("the work is partly done"),
        "not_done": _("the work is not done"),
    }.get(code, code)


def claim_finding(code: str) -> str:
    """What was found of a claim that a list drew."""
    return {
        "held": _("the work is done"),
        "false": _("it is not done, or only in part"),
        "unclear": _("nobody could tell"),
    }.get(code, code)


def refusal(refused: refusals.Refused, policy: CityPolicy, language: str) -> str:
    """Why an act was refused and what the reader can do now."""
    with translation.override(language):
        if isinstance(refused, refusals.WrongEvidence):
            return _("Something is missing or not right; please correct the marked fields.")
        if isinstance(refused, refusals.WaitsForCoUnits):
            units = listed(unit_name(policy, u, language) for u in refused.args[0])
            return _("These units still owe their part: %(units)s.") % {"units": units}
        return {
            "not_allowed": _("Your post may not do this on this case."),
            "wrong_stage": _("The case has moved on; reload it to see what can be done now."),
            "stale": _("Somebody changed this case meanwhile; look at it and try again."),
            "limit_reached": _("This was done as often as the policy allows; choose another way."),
            "too_late": _("The time for this is over; please file a new report."),
        }.get(refused.code, _("This could not be done."))


def refusal_fields(
    refused: refusals.Refused, policy: CityPolicy, language: str
) -> Mapping[str, str]:
    """Field name -> sentence, for the form; empty when the refusal is not about fields."""
    if not isinstance(refused, refusals.WrongEvidence):
        return {}
    with translation.override(language):
        known = {
            "missing": _("This is needed."),
            "not_asked_for": _("This does not belong to this step."),
            "too_long": _("This is too long; at most %(most)s characters.")
            % {"most": fa(TEXT_MAX)},
            "unknown": _("Please choose one from the list."),
            "not_ahead": _("Please give a time that lies ahead, and not too far."),
            "too_far": _("This lies further ahead than the policy allows."),
            "not_citizens_own": _(
                "Here the citizen's own confirmation is needed: code or signature."
            ),
            "unknown_outcome": _("Please say how the call ended."),
            "not_reached": _("A call that reached nobody holds no word of the citizen."),
            "already_invited": _("This member was invited already."),
            "already_holds": _("This unit already works on the case."),
            "itself": _("A case cannot be merged into itself."),
            "closed": _("That case is closed; choose an open one."),
            "finding": _("The inspection did not find this."),
        }
        return {name: known.get(code, code) for name, code in refused.fields.items()}


def _line(
    event: Recorded,
    policy: CityPolicy,
    language: str,
    audience: Audience,
    texts: Mapping[int, Paper],
    people: Mapping[int, Staff],
    visits: Mapping[int, Inspection],
) -> Line:
    evidence = event.facts.get("evidence", {})
    kinds = CITIZENS_PAPERS if audience == "citizen" else tuple(evidence)
    papers = {k: texts[evidence[k]].text for k in kinds if _is_paper(evidence.get(k), texts)}
    written = _marked(papers)
    photos = [*evidence.get("photo_before", ()), *evidence.get("photo_after", ())]
    visit = visits.get(evidence.get("inspection", 0)) if event.kind in RETOLD else None
    if visit is not None:
        said = (visit.findings_id, visit.statement_id)
        written = [texts[one].text for one in said if one is not None and one in texts]
        photos = list(visit.photos)
    if event.kind == "case.registered":
        photos = list(event.facts.get("photos", ()))
        written = [p.text for p in texts.values() if p.kind == "words"]
    retold = _retold().get(event.kind, "")
    return Line(
        at=event.happened_at,
        words=retold if audience == "citizen" and retold else sentence(event, policy, language),
        who=_who(event, policy, language, audience, people),
        text="\n".join(dict.fromkeys(written)),
        photos=tuple(photos),
        public=_is_public(event) or bool(audience == "citizen" and retold),
        kind=event.kind,
        step=event.step,
        signed=_signed(event, policy),
    )


def _is_paper(value: Any, texts: Mapping[int, Paper]) -> bool:
    return isinstance(value, int) and value in texts


def _marked(papers: Mapping[str, str]) -> list[str]:
    """Texts in their order; what the citizen was told is marked where something else stands by."""
    told = papers.get("report_to_citizen")
    if told is None or set(papers.values()) == {told}:
        return [*papers.values()]
    marked = _("To the citizen: %(text)s") % {"text": told}
    return [marked if kind == "report_to_citizen" else text for kind, text in papers.items()]


def _is_public(event: Recorded) -> bool:
    if (
        event.kind == "clock.fired"
    ):  # that a deadline was missed, and who was told, is theirs to know
        return bool(event.facts["level"] >= 1)
    return event.kind not in INTERNAL


def _who(
    event: Recorded,
    policy: CityPolicy,
    language: str,
    audience: Audience,
    people: Mapping[int, Staff],
) -> str:
    actor = event.actor
    if actor.kind == "system":
        return _("the system")
    if actor.kind == "citizen":
        return _("the citizen") if audience == "staff" else _("you or another reporter")
    post = policy.organisation.posts.get(actor.post)
    person = people.get(actor.staff_id or 0)
    name = person.name(language) if person else ""
    if audience == "citizen" and not _signed(event, policy):
        return unit_name(policy, post.unit, language) if post else _("137 centre")
    return listed((name, post_name(policy, actor.post, language)))


def _signed(event: Recorded, policy: CityPolicy) -> bool:
    """Whether an official answered by name: the citizen then reads whose answer it is (M2)."""
    step = policy.step(event.stage, event.step) if event.stage in policy.stages else None
    return by_name(policy, event.stage) and step is not None and step.determines


def _people(events: Iterable[Recorded]) -> Mapping[int, Staff]:
    ids = {e.actor.staff_id for e in events if e.actor.staff_id is not None}
    return {person.pk: person for person in Staff.objects.filter(pk__in=ids)}


def _stand_ins(events: Iterable[Recorded]) -> frozenset[int]:
    """Events of people who stood in for the post that they acted as."""
    by_post = [e for e in events if e.actor.kind == "post" and e.actor.staff_id is not None]
    staff = {e.actor.staff_id for e in by_post}
    lent = list(Delegation.objects.filter(staff__in=staff)) if staff else []
    return frozenset(
        e.id
        for e in by_post
        for d in lent
        if d.staff_id == e.actor.staff_id
        and d.post_id == e.actor.post
        and d.since <= e.happened_at < d.until
    )


def _by_the_way(
    event: Recorded, policy: CityPolicy, language: str, stand_ins: frozenset[int]
) -> str:
    """That somebody stood in for the post, and who drafted what its head answered with."""
    said = [_("as a substitute")] if event.id in stand_ins else []
    drafted = event.facts.get("drafted_by")
    if drafted:
        said.append(
            _("draft of an expert: %(post)s") % {"post": post_name(policy, drafted, language)}
        )
    return listed(said)


def _step(event: Recorded, policy: CityPolicy, language: str) -> str:
    names = _named(event, policy, language)
    if "ending" in event.facts:
        ending = policy.endings[event.facts["ending"]].words.in_(language)
        return _("%(step)s. Closed: %(ending)s.") % {**names, "ending": ending}
    if event.facts.get("opens"):
        opened = _opened(event, policy, language)
        if waits_for_citizen(policy, event.facts["opens"][0]["stage"]):
            return _("%(step)s. The citizen's word is awaited until %(due)s.") % {**names, **opened}
        return _("%(step)s. Now with %(unit)s; due %(due)s.") % {**names, **opened}
    return _("%(step)s.") % names


def _named(event: Recorded, policy: CityPolicy, language: str) -> dict[str, str]:
    stage = None if event.stage == "closed" else event.stage
    step = policy.step(stage, event.step) or policy.track_step(event.step)
    words = step.words.in_(language) if step else event.step
    evidence: Mapping[str, Any] = event.facts.get("evidence") or {}
    body = policy.organisation.outside_bodies.get(str(evidence.get("outside_body", "")))
    return {"step": f"{words}: {body.in_(language)}" if body else words}


def _opened(event: Recorded, policy: CityPolicy, language: str) -> dict[str, str]:
    opened = event.facts["opens"][0]
    due = jalali_words(instant(opened["clock"]["due"]))
    holder = holder_name(policy, opened["unit"], opened.get("post", ""), language)
    return {"unit": holder, "due": due}


def _paused(event: Recorded, policy: CityPolicy, language: str) -> str:
    clock = event.facts["clock"]
    if event.kind == "case.resumed":
        return _("The clock goes on; due %(due)s.") % {"due": jalali_words(instant(clock["due"]))}
    return _("The clock is paused until %(until)s: %(reason)s.") % {
        "until": jalali_words(instant(clock["until"])),
        "reason": policy.pauses[clock["reason"]].words.in_(language),
    }


def _climbed(event: Recorded, policy: CityPolicy, language: str) -> str:
    climbs = event.facts["climbs"]
    names = {
        "late": post_name(policy, climbs["from"], language),
        "now": post_name(policy, climbs["to"], language),
        "due": jalali_words(instant(event.facts["opens"][0]["clock"]["due"])),
    }
    return _("%(late)s did not answer in time; referred to %(now)s, due %(due)s.") % names


def _by_post(event: Recorded, policy: CityPolicy, language: str) -> str:
    """What happened to a post: the case climbed to it, or it was brought in or let go."""
    if event.kind == "case.climbed":
        return _climbed(event, policy, language)
    if event.kind == "case.invited":
        post = post_name(policy, event.facts["invited"], language)
        return _("%(post)s was invited to facilitate.") % {"post": post}
    post = post_name(policy, event.facts["uninvited"], language)
    return _("The invitation of %(post)s was withdrawn.") % {"post": post}


def _told(event: Recorded, policy: CityPolicy, language: str) -> str:
    """The post that learnt of a deadline; the unit itself where the ladder's post must not."""
    told = event.facts.get("told")
    return post_name(policy, told, language) if told else unit_name(policy, event.unit, language)


def _fired(event: Recorded, policy: CityPolicy, language: str) -> str:
    names = {
        "told": _told(event, policy, language),
        "unit": unit_name(policy, event.unit, language),
    }
    if event.clock and waits_for_citizen(policy, event.stage):
        if event.facts["level"] < 1:
            return _("The citizen's time to answer comes near its end.")
        return _("The citizen's time to answer is over.")
    if event.facts["level"] < 1:
        return _("The deadline of %(unit)s comes near.") % names
    if event.clock == 0:
        return _("The citizen has waited long; %(told)s was told.") % names
    if event.facts["level"] == 1:
        return _("%(unit)s missed its deadline; %(told)s was told.") % names
    return _("Still late with %(unit)s; %(told)s was told.") % names
