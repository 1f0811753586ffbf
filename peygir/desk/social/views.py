"""The desk of social networks: what waits, and one track with the citizen's words beside ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases as case_board
from peygir.boards import serving, tracks
from peygir.cases import acts, may, words
from peygir.cases.refusals import Refused
from peygir.cases.state import CaseState, ReferralState
from peygir.desk import nav, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.case import policy_of, title
from peygir.desk.follow.common import language, number_of, status_of, text_of
from peygir.desk.social import anonymous, known
from peygir.desk.social.way import Come, Way, come, way
from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.look import chips
from peygir.look.chips import Chip
from peygir.look.numbers import fa
from peygir.people import papers
from peygir.people.models import Paper
from peygir.people.papers import TEXT_MAX
from peygir.policy.model import CityPolicy, Step

DESK: Final = "social"
LINK_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track for social networks, and how far it has come."""

    waiting: tracks.Waiting
    policy: CityPolicy
    state: CaseState
    way: Way
    come: Come

    @property
    def own(self) -> ReferralState:
        return self.state.referral(self.waiting.referral.number)

    @property
    def draft(self) -> Paper | None:
        return _paper(self.come.draft, "post_draft")

    @property
    def link(self) -> Paper | None:
        return _paper(self.come.publish, "post_link") if self.come.is_published else None


@page("social")
@never_cache
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """Tracks that wait, soonest deadline first, each with how far it has come."""
    stages = serving.stages(request.policy, DESK)
    found = [_track(request, one) for one in tracks.waiting(request.actor, stages)]
    rows = [
        {
            "case": one.waiting.case,
            "referral": one.waiting.referral.number,
            "title": title(one.policy, one.waiting.case, language()),
            "unit": words.unit_name(one.policy, one.waiting.referral.unit, language()),
            "chip": chip(one.come),
            "deadline": _deadline(request, one),
        }
        for one in found
    ]
    return nav.show(request, "desk/social/queue.html", {"rows": rows}, here="social")


@page("social")
@never_cache
@require_GET
def track(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    return _show(request, _found(request, code, referral))


@page("social")
@require_POST
def draft(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    """Keep words without names; what still gives somebody away is shown at once."""
    found = _found(request, code, referral)
    text = text_of(request, "post_draft")
    if not text or len(text) > TEXT_MAX:
        wrong = _("Words are needed, at most %(most)s characters.") % {"most": fa(TEXT_MAX)}
        return _show(request, found, errors={"post_draft": wrong}, status=422)
    return _act(request, found, found.way.draft, {"post_draft": text}, _("The draft is kept."))


@page("social")
@require_POST
def approve(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    """Somebody other than the writer lets it out, and only what gives nobody away."""
    found = _found(request, code, referral)
    drafted, paper = found.come.draft, found.draft
    if drafted is None or paper is None or paper.pk != number_of(request.POST.get("draft", "")):
        return _refuse(request, found, _("The draft was changed meanwhile; read it again."), 409)
    if _is_author(request, drafted):
        return _refuse(request, found, _("Somebody other than the writer must approve."), 403)
    stopping = [flag for flag in _flags(found, paper.text) if flag.stops]
    if stopping:
        return _refuse(request, found, _("The draft still gives somebody away: change it."), 422)
    return _act(request, found, found.way.approve, {}, _("Approved; now it may be published."))


@page("social")
@require_POST
def publish(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    """Keep where people published it; nothing is posted by us."""
    found = _found(request, code, referral)
    if found.way.approve is not None and not found.come.is_approved:
        return _refuse(request, found, _("This draft is not approved yet."), 409)
    link = text_of(request, "post_link")
    if not is_link(link):
        wrong = _("Give the whole address, beginning with https://")
        return _show(request, found, errors={"post_link": wrong}, status=422)
    return _act(request, found, found.way.publish, {"post_link": link}, _("Kept as published."))


@page("social")
@require_POST
def answer(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    """The answer that was published; the same care as for the draft."""
    found = _found(request, code, referral)
    text = text_of(request, "published_answer")
    if not text or len(text) > TEXT_MAX:
        wrong = _("Words are needed, at most %(most)s characters.") % {"most": fa(TEXT_MAX)}
        return _show(request, found, errors={"published_answer": wrong}, status=422)
    if any(flag.stops for flag in _flags(found, text)):
        wrong = _("The answer still gives somebody away: change it.")
        return _show(request, found, errors={"published_answer": wrong}, status=422)
    evidence = {"published_answer": text}
    try:
        _take(request, found, found.way.answer, evidence)
    except Refused as refused:
        said = words.refusal(refused, request.policy, language())
        return _refuse(request, found, said, status_of(refused))
    messages.success(request, _("The answer is kept; this track is done."))
    return redirect("desk:social")


def is_link(text: str) -> bool:
    """An https address with a host, without a name and password in it."""
    try:
        parts = urlsplit(text)
        host, user = parts.hostname, parts.username
        _port = parts.port
    except ValueError:
        return False
    plain = len(text) <= LINK_MAX and not any(c.isspace() or c in "<>\"'\\" for c in text)
    return plain and parts.scheme == "https" and bool(host) and "." in str(host) and user is None


def chip(done: Come) -> Chip:
    """How far a track has come."""
    if done.is_published:
        return Chip(tone="info", icon="arrow", words=_("Published, answer awaited"))
    if done.is_approved:
        return Chip(tone="ok", icon="tick", words=_("Approved, to be published"))
    if done.draft is not None:
        return Chip(tone="warn", icon="wait", words=_("Draft waits for approval"))
    return Chip(tone="neutral", icon="dot", words=_("No draft yet"))


def _found(request: StaffRequest, code: str, referral: int) -> Track:
    stages = serving.stages(request.policy, DESK)
    one = tracks.one(request.actor, code, referral, stages) if referral < 2**15 else None
    if one is None:
        raise Http404
    return _track(request, one)


def _track(request: StaffRequest, one: tracks.Waiting) -> Track:
    policy, state = policy_of(request, one.case), case_board.state_of(one.case)
    found = way(policy.stages[one.referral.stage])
    events = read.of("case", one.case.pk)
    done = come(found, events, one.referral.opened_at)
    return Track(waiting=one, policy=policy, state=state, way=found, come=done)


def _show(
    request: StaffRequest,
    found: Track,
    *,
    errors: Mapping[str, str] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    case, paper, own = found.waiting.case, found.draft, found.way
    text = text_of(request, "post_draft") if "post_draft" in request.POST else ""
    shown = text or (paper.text if paper else "")
    flags = _flags(found, shown)
    can = {name: _may(request, found, getattr(own, name)) for name in ("draft", "approve")}
    can["publish"] = _may(request, found, own.publish) and (
        found.come.is_approved or own.approve is None
    )
    can["answer"] = _may(request, found, own.answer) and found.come.is_published
    others = steps.open_steps(
        found.policy, found.state, request.actor, at=request.at, language=language()
    )
    context = {
        "case": case,
        "referral": found.waiting.referral.number,
        "title": title(found.policy, case, language()),
        "said": papers.of(case.pk, "words", "address", "objection_reason"),
        "draft": paper,
        "drafted_by": _post(found, found.come.draft),
        "approved_by": _post(found, found.come.approve) if found.come.is_approved else "",
        "link": found.link.text if found.link else "",
        "shown": shown,
        "flags": [(kind_of(flag.kind), flag) for flag in flags],
        "stops": any(flag.stops for flag in flags),
        "is_author": found.come.draft is not None and _is_author(request, found.come.draft),
        "can": can,
        "chip": chip(found.come),
        "come": found.come,
        "deadline": _deadline(request, found),
        "others": [o for o in others if o.referral == found.waiting.referral.number],
        "errors": dict(errors or {}),
        "sentence": sentence,
        "typed": request.POST,
        "text_max": TEXT_MAX,
    }
    return nav.show(request, "desk/social/track.html", context, here="social", status=status)


def kind_of(kind: str) -> str:
    return {
        "name": _("Name"),
        "phone": _("Telephone number"),
        "national_id": _("National code"),
        "plate": _("Number plate"),
        "address": _("Address"),
    }[kind]


def _flags(found: Track, text: str) -> list[anonymous.Flag]:
    return anonymous.look(text, known.of(found.waiting.case.pk))


def _is_author(request: StaffRequest, drafted: Recorded) -> bool:
    return request.user.pk == drafted.actor.staff_id


def _may(request: StaffRequest, found: Track, step: Step | None) -> bool:
    if step is None:
        return False
    return may.take_step(found.policy, found.state, step, found.own, request.actor)


def _act(
    request: StaffRequest, found: Track, step: Step | None, texts: Mapping[str, str], said: str
) -> HttpResponse:
    try:
        _take(request, found, step, texts)
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language())
        return _refuse(request, found, sentence, status_of(refused))
    messages.success(request, said)
    return redirect(
        "desk:social_track", code=found.waiting.case.code, referral=found.waiting.referral.number
    )


def _take(request: StaffRequest, found: Track, step: Step | None, texts: Mapping[str, str]) -> None:
    if step is None:
        raise Http404
    is_track = found.policy.stages[found.waiting.referral.stage].track
    acts.act(
        policy=request.policy,
        case_id=found.waiting.case.pk,
        step=step.code,
        actor=request.actor,
        at=request.at,
        texts=texts,
        version=found.state.version,
        referral=found.waiting.referral.number if is_track else None,
    )


def _refuse(request: StaffRequest, found: Track, sentence: str, status: int) -> HttpResponse:
    return _show(request, found, sentence=sentence, status=status)


def _paper(event: Recorded | None, kind: str) -> Paper | None:
    if event is None:
        return None
    return Paper.objects.filter(pk=event.facts["evidence"].get(kind)).first()


def _post(found: Track, event: Recorded | None) -> str:
    return words.post_name(found.policy, event.actor.post, language()) if event else ""


def _deadline(request: StaffRequest, found: Track) -> Any:
    return chips.deadline(request.at, found.waiting.clock.due_at, found.waiting.clock.started_at)
