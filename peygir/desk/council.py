"""Members of the council in special messages: bringing one in, their own list, the whole story."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases as board
from peygir.boards import council
from peygir.cases import acts, reading, words
from peygir.cases.refusals import Refused
from peygir.desk import case as case_page
from peygir.desk import nav, tracks
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language, status_of
from peygir.desk.social import anonymous, known
from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.people import papers
from peygir.policy.model import CityPolicy


@page("council")
@never_cache
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Cases that this member of the council was brought into."""
    found = council.invited(request.actor)
    said = board.said(one.pk for one in found)
    rows = []
    for one in found:
        policy = case_page.policy_of(request, one)
        rows.append(
            {
                "case": one,
                "title": case_page.title(policy, one, language()),
                "unit": words.unit_name(policy, one.unit, language()),
                "words": said[one.pk].words if one.pk in said else "",
            }
        )
    return nav.show(request, "desk/council.html", {"rows": rows}, here="council")


@page("case")
@require_POST
def invite(request: StaffRequest, code: str) -> HttpResponse:
    """Bring a member of the council into this one case."""
    return _change(request, code, acts.invite, _("The member was invited and sees this case now."))


@page("case")
@require_POST
def uninvite(request: StaffRequest, code: str) -> HttpResponse:
    """Withdraw an invitation."""
    return _change(request, code, acts.uninvite, _("The invitation was withdrawn."))


@page("story")
@never_cache
@require_GET
def story(request: StaffRequest, code: str) -> HttpResponse:
    """The whole cycle of a case, from the first word to the last, with the posts that answer."""
    found = case_page.visible(request, code)
    state = board.state_of(found)
    reading.log(
        state, actor=request.actor, policy=request.policy.digest, at=request.at, page="story"
    )
    return _story(request, code)


def _change(request: StaffRequest, code: str, act: Callable[..., Any], said: str) -> HttpResponse:
    found = case_page.visible(request, code)
    try:
        with transaction.atomic():
            act(
                policy=request.policy,
                case_id=found.pk,
                actor=request.actor,
                at=request.at,
                post=request.POST.get("post", "")[:60],
            )
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language())
        fields = words.refusal_fields(refused, request.policy, language())
        trouble = case_page.Trouble(
            form="council",
            sentence=sentence,
            fields={f"council-{name}": text for name, text in fields.items()},
            typed=dict(request.POST.items()),
        )
        found.refresh_from_db()
        return case_page.show(request, found, trouble=trouble, status=status_of(refused))
    messages.success(request, said)
    return redirect("desk:case", code=found.code)


def _story(request: StaffRequest, code: str) -> HttpResponse:
    found = case_page.visible(request, code)
    policy, state = case_page.policy_of(request, found), board.state_of(found)
    events = [e for e in read.of("case", found.pk) if e.kind != "case.noted"]
    those = known.of(found.pk)
    written = papers.of(found.pk)
    texts = {paper.pk: anonymous.hidden(paper.text, those) for paper in written}
    context = {
        "case": found,
        "title": case_page.title(policy, found, language()),
        "said": [(texts[p.pk], p.erased_at) for p in written if p.kind == "words"],
        "lines": [_line(policy, event, texts) for event in events],
        "tracks": tracks.shown(
            policy, state, request.actor, at=request.at, language=language(), code=found.code
        ),
        "unit": words.unit_name(policy, found.unit, language()),
        "post": words.post_name(policy, found.post, language()) if found.post else "",
        "readings": [(at, _post(policy, one)) for at, one in council.readings(found.pk)],
        "ending": policy.endings[found.ending].words.in_(language())
        if found.ending in policy.endings
        else "",
    }
    return nav.show(request, "desk/story.html", context, here="council")


#: Papers that the story shows: what was done and said officially, never a colleague's remark.
SHOWN = (
    "result_text",
    "report_to_citizen",
    "answer_text",
    "action_text",
    "published_answer",
    "body_answer",
    "decision",
    "facilitation",
)


def _line(policy: CityPolicy, event: Recorded, texts: dict[int, str]) -> dict[str, Any]:
    """One event with the post that answers for it (I8), and what was said with it."""
    evidence = event.facts.get("evidence", {})
    said = [
        texts[evidence[kind]]
        for kind in SHOWN
        if isinstance(evidence.get(kind), int) and evidence[kind] in texts
    ]
    return {
        "at": event.happened_at,
        "words": words.sentence(event, policy, language()),
        "post": _post(policy, event),
        "unit": words.unit_name(policy, event.unit, language()),
        "texts": list(dict.fromkeys(said)),
        "late": event.kind == "clock.fired" and event.facts.get("level", 0) >= 1,
        "cycle": event.cycle,
    }


def _post(policy: CityPolicy, event: Recorded) -> str:
    """Whose act it was: a post by name, the citizen, or the system."""
    if event.actor.kind == "citizen":
        return _("the citizen")
    if event.actor.kind == "system":
        return _("the system")
    return words.post_name(policy, event.actor.post, language())
