"""The page of one letter: as it will be read, what may be done with it, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict

from peygir.boards import cases as case_board
from peygir.boards import letters as board
from peygir.boards import serving, tracks
from peygir.cases import may
from peygir.cases.models import Case
from peygir.cases.state import CaseState, ReferralState
from peygir.cases.words import post_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest
from peygir.desk.case import policy_of, title
from peygir.desk.follow.common import language
from peygir.desk.letters import form
from peygir.desk.letters.shown import chip, isolated, last_day, number
from peygir.people import letters, photos
from peygir.people.models import Letter
from peygir.people.models.letters import DRAFT, IN, SENT, SIGNED
from peygir.people.papers import TEXT_MAX
from peygir.policy.model import CityPolicy, Step

DESK = "letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a letter belongs: its case, the track (None once it has ended), the unit that has or
    had it, and the policy."""

    case: Case
    state: CaseState
    policy: CityPolicy
    track: ReferralState | None
    unit: str

    def step(self, needs: str) -> Step | None:
        """The step of the track that asks for `needs` (letter, letter_reply)."""
        if self.track is None:
            return None
        steps = self.policy.stages[self.track.stage].steps.values()
        return next((step for step in steps if needs in step.needs), None)


def place_of(request: StaffRequest, case: Case, number: int | None) -> Place:
    """The case and its track `number`, if that still waits on this page."""
    policy, state = policy_of(request, case), case_board.state_of(case)
    stages = serving.stages(request.policy, DESK)
    waits = [r for r in state.referrals if r.is_open and r.number == number and r.stage in stages]
    unit = next((r.unit for r in state.referrals if r.number == number), "")
    return Place(
        case=case, state=state, policy=policy, track=waits[0] if waits else None, unit=unit
    )


def track_or_404(request: StaffRequest, code: str, number: int) -> Place:
    stages = serving.stages(request.policy, DESK)
    found = tracks.one(request.actor, code, number, stages) if number < 2**15 else None
    if found is None:
        raise Http404
    return place_of(request, found.case, number)


def letter_or_404(request: StaffRequest, letter_id: int) -> tuple[Letter, Place]:
    letter = board.one(request.actor, letter_id)
    case = case_board.by_id(request.actor, letter.case_id) if letter else None
    if letter is None or case is None:
        raise Http404
    return letter, place_of(request, case, letter.referral)


def may_write(request: StaffRequest, place: Place) -> bool:
    """Staff of the track's unit, and the head of the centre, while the track is open."""
    return place.track is not None and may_keep(request, place)


def may_keep(request: StaffRequest, place: Place) -> bool:
    """The same people, for answers that come after the track has ended."""
    actor = request.actor
    if may.barred(place.state, actor) or not may.open_page(actor, "letters_write"):
        return False
    return "centre_head" in actor.roles or place.unit in actor.units


def may_sign(request: StaffRequest, place: Place) -> bool:
    """The head of the track's unit or one above it, and the head of the centre."""
    if place.track is None or not may_write(request, place):
        return False
    heads = may.approve(place.policy, place.track, request.actor)
    return heads or "centre_head" in request.actor.roles


def show(
    request: StaffRequest,
    letter: Letter,
    place: Place,
    *,
    errors: Mapping[str, str] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    writes, keeps = may_write(request, place), may_keep(request, place)
    context = {
        "letter": letter,
        "case": place.case,
        "title": title(place.policy, place.case, language()),
        "number": number(letter),
        "chip": chip(letter, request.at, is_closed=place.case.closed_at is not None),
        "signatory": post_name(place.policy, letter.signatory, language()),
        "drafted": post_name(place.policy, letter.drafted_post, language()),
        "signed": post_name(place.policy, letter.signed_post, language()),
        "marks": [(kind, number(one), one.pk) for kind, one in _related(letter)],
        "replies": list(letter.replies.order_by("pk")),
        "number_of": number,
        "may_change": writes and letter.state == DRAFT,
        "may_sign": letter.state == DRAFT and may_sign(request, place),
        "may_take_back": letter.state == SIGNED and may_sign(request, place),
        "may_send": writes and letter.state == SIGNED and place.step("letter") is not None,
        "may_reply": keeps and letter.state == SENT,
        "is_late_reply": place.track is None,
        "may_close": keeps and letter.state == SENT,
        "attached": letters.attached(letter),
        "erased": letter.erased_at is not None,
        "came": letter.direction == IN,
        "last_day": last_day(letter),
        "body": isolated(letter.body),
        "errors": dict(errors or {}),
        "sentence": sentence,
        "typed": request.POST,
        "referral": letter.referral,
    }
    return nav.show(request, "desk/letters/letter.html", context, here="letters", status=status)


def show_form(
    request: StaffRequest,
    place: Place,
    typed: Mapping[str, Any],
    *,
    letter: Letter | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a new letter, or of a draft."""
    assert place.track is not None
    own = board.of(request.actor).filter(case_id=place.case.pk)
    earlier = [one for one in own.order_by("-pk") if one.number and one.erased_at is None]
    context = {
        "letter": letter,
        "case": place.case,
        "title": title(place.policy, place.case, language()),
        "track": place.track,
        "addressees": form.addressees(request.policy, language()),
        "signatories": form.signatories(request.policy, place.track.unit, language()),
        "earlier": [(str(one.pk), f"{number(one)} · {one.addressee}") for one in earlier],
        "photos": photos.of(place.case.pk, *form.ATTACHABLE),
        "attached": _ticked(typed),
        "typed": typed,
        "errors": dict(errors or {}),
        "text_max": TEXT_MAX,
    }
    return nav.show(request, "desk/letters/write.html", context, here="letters", status=status)


def _ticked(typed: Mapping[str, Any]) -> list[str]:
    """The photos that are ticked on the form."""
    found = typed.getlist("attachments") if isinstance(typed, QueryDict) else typed
    return list(found) if isinstance(found, list) else list(found.get("attachments", []))


def _related(letter: Letter) -> list[tuple[str, Letter]]:
    pairs = (("answers", letter.answers), ("follows", letter.follows))
    return [(kind, one) for kind, one in pairs if one is not None]
