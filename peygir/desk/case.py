"""The case page: what happened, where the case stands, and what this person can do now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import cases as board
from peygir.cases import may, words
from peygir.cases.fold import instant
from peygir.cases.models import Case
from peygir.cases.models.clock import PAUSED
from peygir.cases.policies import for_case
from peygir.cases.state import CaseState
from peygir.desk import deadlines, invitations, nav, steps, tracks, urgent
from peygir.desk.access import StaffRequest, page
from peygir.ledger.entry import Actor
from peygir.look.chips import Chip
from peygir.look.numbers import listed
from peygir.notices import outbox
from peygir.notices.models import CANCELLED, DELIVERED, DIGESTED, FAILED, QUEUED, SENT, Notice
from peygir.people import contacts, files, organisation, papers, photos
from peygir.people.models import Photo
from peygir.policy.asking import called, tells
from peygir.policy.lateness import waits_for_citizen
from peygir.policy.model import CityPolicy

SENT_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A form that was refused: its step or action, sentences by field, and what had been typed."""

    form: str
    sentence: str
    fields: Mapping[str, str]
    typed: Mapping[str, Any]
    since: Sequence[words.Line] = ()  # what others did since the form was opened


@page("case")
@never_cache
@require_GET
def case(request: StaffRequest, code: str) -> HttpResponse:
    return show(request, visible(request, code))


@page("case")
@require_GET
def photo(request: StaffRequest, photo_id: int) -> HttpResponseBase:
    """A picture of a case that this person may see; everybody else is told that there is none."""
    found = Photo.objects.filter(pk=photo_id).first() if photo_id < 2**63 else None
    if found is None or board.by_id(request.actor, found.case_id) is None:
        raise Http404
    return photos.serve(found, small="small" in request.GET)


def visible(request: StaffRequest, code: str) -> Case:
    """The case of this code. Http404 also when it exists and this person may not see it."""
    found = board.by_code(request.actor, code)
    if found is None:
        raise Http404
    return found


def show(
    request: StaffRequest, found: Case, *, trouble: Trouble | None = None, status: int = 200
) -> HttpResponse:
    """The whole page; after a refusal with the form as it had been filled in."""
    language = get_language() or "fa"
    policy, actor, at = policy_of(request, found), request.actor, request.at
    state = board.state_of(found)
    pictures = photos.of(found.pk)
    story = words.timeline(found.pk, policy, language)
    given = {
        "case": found,
        "state": state,
        "title": title(policy, found, language),
        "said": sorted(papers.of(found.pk, "words", "address"), key=lambda p: p.kind != "words"),
        "deadlines": deadlines.shown(policy, state, at=at, language=language),
        "fared": urgent.fared(policy, found, language),
        "story": story[::-1],
        "photos": {picture.pk: picture for picture in pictures},
        "pair": _pair(pictures),
        "files": files.of(found.pk),
        "reporters": contacts.reporters(found.pk) if may.open_page(actor, "contact") else None,
        "open_steps": steps.open_steps(policy, state, actor, at=at, language=language),
        "proposal": _proposal(policy, state, language),
        "may_approve": _may_approve(policy, state, actor),
        "pauses": _pauses(policy, state, actor, language),
        "may_resume": _is_paused(state) and bool(actor.roles & _pausers(policy)),
        "trouble": trouble,
        "done": slugify(request.GET.get("done", "")[:40], allow_unicode=False),
        "typed": trouble.typed if trouble else {},
        "merged": board.merged_into(actor, found),
        "lead_case": board.by_id(actor, found.lead_id) if found.lead_id else None,
        "related": board.related(actor, found, at=at),
        "sent": [message_of(policy, one, language) for one in outbox.for_case(found.pk)[:SENT_MAX]],
        "unit_name": lambda unit: words.unit_name(policy, unit, language),
        "post_name": lambda post: words.post_name(policy, post, language),
        "is_mine": _is_mine(policy, state, actor),
        "filled_by": _filled_by(state.lead.post if state.lead else "", at, language),
        "about_case": board.by_id(actor, found.about_case) if found.about_case else None,
        "tracks": tracks.shown(policy, state, actor, at=at, language=language, code=found.code),
        "invitations": invitations.shown(policy, state, actor, at=at, language=language),
        "may_tell_story": may.open_page(actor, "story"),
        "may_erase": found.closed_at is not None and may.open_page(actor, "erasures"),
        "track_of": lambda stage: _track(policy, stage, language),
        "title_of": lambda one: title(policy, one, language),
    }
    return nav.show(request, "desk/case.html", given, here="inbox", status=status, keys=_keys())


def policy_of(request: StaffRequest, found: Case) -> CityPolicy:
    """The policy that the case lives under: the flow of its own version, today's units."""
    in_force = request.policy
    return in_force if found.policy == in_force.digest else for_case(found.policy, in_force.digest)


def _is_mine(policy: CityPolicy, state: CaseState, actor: Actor) -> bool:
    """Whether it waits for this person's own answer; not while it waits for the citizen's."""
    lead = state.lead
    return (
        lead is not None and lead.post in actor.posts and not waits_for_citizen(policy, lead.stage)
    )


def _filled_by(post: str, at: datetime, language: str) -> str:
    """Who answers for a post now, by name; "" when nobody fills it."""
    people = organisation.holders(post, at=at) if post else []
    return listed(person.name(language) for person in people)


def _track(policy: CityPolicy, stage: str, language: str) -> str:
    found = policy.stages.get(stage)
    return found.words.in_(language) if found is not None and found.track else ""


def title(policy: CityPolicy, found: Case, language: str) -> str:
    """What a case is called: its subject or kind, or that nobody sorted it yet."""
    words = called(policy, found.category, found.kind)
    return words.in_(language) if words else _("Not sorted yet")


def _keys() -> list[tuple[str, str]]:
    return [("KeyE", _("first step")), ("KeyN", _("note")), ("Slash", _("search"))]


def _pair(pictures: Sequence[Photo]) -> tuple[Photo | None, Photo | None]:
    """The first picture from before the work and the last from after it."""
    before = [p for p in pictures if p.kind == "before"] or [
        p for p in pictures if p.kind == "report"
    ]
    after = [p for p in pictures if p.kind == "after"]
    return (before[0] if before else None, after[-1] if after else None)


def _proposal(policy: CityPolicy, state: CaseState, language: str) -> dict[str, Any] | None:
    """What waits for the head: the step, who proposed it, and its papers."""
    lead = state.lead
    if lead is None or lead.proposal is None:
        return None
    step = policy.step(lead.stage, lead.proposal["step"])
    evidence: dict[str, Any] = lead.proposal["evidence"]
    texts = {p.pk: p for p in papers.of(state.id)}
    found = {
        name: texts[value].text
        for name, value in evidence.items()
        if isinstance(value, int) and value in texts
    }
    promised = evidence.get("promised_for")
    return {
        "words": step.words.in_(language) if step else lead.proposal["step"],
        "post": words.post_name(policy, lead.proposal["post"], language),
        "said": {text: steps.label(name) for name, text in found.items()},  # equal ones once
        "step": lead.proposal["step"],
        "typed": {f"{lead.proposal['step']}-{name}": text for name, text in found.items()},
        "promised": instant(promised) if isinstance(promised, int) else None,
    }


def _may_approve(policy: CityPolicy, state: CaseState, actor: Actor) -> bool:
    lead = state.lead
    return lead is not None and lead.proposal is not None and may.approve(policy, lead, actor)


def _is_paused(state: CaseState) -> bool:
    lead = state.lead
    return lead is not None and state.clock(lead.number).state == PAUSED


def _pausers(policy: CityPolicy) -> set[str]:
    return {rule.approval for rule in policy.pauses.values()}


def _pauses(
    policy: CityPolicy, state: CaseState, actor: Actor, language: str
) -> list[tuple[str, str]]:
    """Reasons for which this person may stop the holder's clock now."""
    if state.lead is None or _is_paused(state):
        return []
    rules = policy.pauses.values()
    return [(r.code, r.words.in_(language)) for r in rules if r.approval in actor.roles]


def message_of(policy: CityPolicy, notice: Notice, language: str) -> dict[str, Any]:
    """One message that went or waits: to whom in words, about what, and how it fared. No number."""
    about = notice.template.rsplit(".", 1)[-1]
    known = policy.texts.get(f"status.{about}")
    to = _("the citizen") if notice.audience == "citizen" else _("staff")
    if notice.post:
        to = words.post_name(policy, notice.post, language)
    elif notice.unit:
        to = words.unit_name(policy, notice.unit, language)
    return {
        "to": to,
        "by": _("SMS") if notice.channel == "sms" else _("E-mail"),
        "about": known.in_(language) if known else _about(policy, about, language),
        "at": notice.sent_at or notice.not_before,
        "chip": _fared(notice.state),
    }


def _fared(state: str) -> Chip:
    tone, icon, said = {
        QUEUED: ("neutral", "wait", _("Waiting")),
        SENT: ("info", "arrow", _("Sent")),
        DELIVERED: ("ok", "tick", _("Delivered")),
        FAILED: ("danger", "cross", _("Not delivered")),
        CANCELLED: ("neutral", "cross", _("No longer needed")),
        DIGESTED: ("neutral", "calendar", _("In the digest")),
    }.get(state, ("neutral", "dot", state))
    return Chip(tone=tone, icon=icon, words=said)


def _about(policy: CityPolicy, name: str, language: str) -> str:
    """What a message was about, where the city has no status of that name."""
    step = tells(policy, name)
    return {
        "warning": _("the deadline is near"),
        "breach": _("the deadline was missed"),
        "rung": _("still late"),
        "assigned": _("new in the inbox"),
        "approval": _("an approval is waiting"),
        "result": _("the result"),
        "promise": _("the promised date"),
        "feedback_question": _("the question whether it is fixed"),
        "climbed": _("unanswered: now with somebody higher up"),
    }.get(name, step.words.in_(language) if step is not None else _("the case"))
