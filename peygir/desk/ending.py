"""How a contact at the console ends: with a message, or with a word that needs none (S11)."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peygir.boards import callers, contacts, knowledge
from peygir.boards import cases as board
from peygir.boards.contacts import Ended
from peygir.desk.access import StaffRequest
from peygir.desk.intake import Intake
from peygir.people.models import Call
from peygir.policy.knowledge import Article

SHOWN: Final = 3  # articles beside the form
CODE_MAX: Final = 48
PLAIN: Final = (contacts.FOLLOW_UP, contacts.DROPPED, contacts.WRONG_NUMBER)


def without_case(request: StaffRequest, made: Intake, about: str) -> bool:
    """Record a contact that made no message: `about` is "dropped", "information:<article>" …

    False, with a sentence in `made.errors`, when it names what is not there.
    """
    outcome, _colon, code = about[: 2 * CODE_MAX].partition(":")
    given: dict[str, Any] = {}
    if outcome == contacts.INFORMATION and _article(request, code):
        given["article"] = code
    elif outcome == contacts.OUTSIDE:
        code = request.POST.get("sent_to", "")[:CODE_MAX]
        if code not in request.policy.organisation.outside_bodies:
            made.errors["sent_to"] = _("Choose the body to which the caller was sent.")
            return False
        given["body"] = code
    elif outcome == contacts.FOLLOW_UP:
        given["case_id"] = _asked_about(request, made)
    elif outcome not in PLAIN:
        made.errors["words"] = _("This article is no longer there; look for another.")
        return False
    _record(request, made, outcome, **given)
    return True


def with_case(
    request: StaffRequest, made: Intake, case_id: int | None, *, of: int | None = None
) -> None:
    """Record how long the contact took that registered or joined a case (`of`: that event), or
    that it was about a case that was there before."""
    outcome = contacts.CASE if of else contacts.FOLLOW_UP
    _record(request, made, outcome, case_id=case_id, of=of)


def shown(request: StaffRequest, made: Intake) -> dict[str, Any]:
    """What the console's column of answers shows for the words typed so far."""
    language = get_language() or "fa"
    bodies = request.policy.organisation.outside_bodies
    found = knowledge.find(request.policy, made.words, at=request.at, most=SHOWN)
    return {
        "articles": found if made.words else [],
        "has_articles": bool(request.policy.articles),
        "bodies": [(code, body.in_(language)) for code, body in bodies.items()],
        "body_names": {code: body.in_(language) for code, body in bodies.items()},
    }


def read_out(request: StaffRequest, code: str, language: str) -> str:
    """The article's text as an answer to a question that is registered; "" when there is none."""
    found = _article(request, code)
    return found.body.in_(language) if found else ""


def outcomes() -> dict[str, str]:
    """Outcomes of contacts in the reader's language."""
    return {
        contacts.CASE: _("A message was registered"),
        contacts.FOLLOW_UP: _("About an earlier message"),
        contacts.INFORMATION: _("Information was given"),
        contacts.OUTSIDE: _("Sent to another body"),
        contacts.DROPPED: _("Nobody there, or cut off"),
        contacts.WRONG_NUMBER: _("Wrong number"),
    }


def channels() -> dict[str, str]:
    """Ways of getting in touch in the reader's language."""
    return {
        "phone": _("Telephone"),
        "in_person": _("In person"),
        "letter": _("Letter"),
        "web": _("Web"),
        "sms": _("SMS"),
        "email": _("E-mail"),
        "api": _("Other systems"),
    }


def _article(request: StaffRequest, code: str) -> Article | None:
    return knowledge.by_code(request.policy, code[:CODE_MAX], at=request.at)


def _asked_about(request: StaffRequest, made: Intake) -> int | None:
    """The case whose standing was read to the caller, where the console showed one."""
    newest = callers.caller(request.actor, made.e164).newest_open if made.e164 else None
    return newest.pk if newest is not None and board.by_id(request.actor, newest.pk) else None


def _record(request: StaffRequest, made: Intake, outcome: str, **given: Any) -> None:
    on_line = made.channel == contacts.PHONE
    call = callers.ringing(request.user.extension, at=request.at) if on_line else None
    started = (call.answered_at or call.rang_at) if call else _typed(request)
    contact = Ended(channel=made.channel, outcome=outcome, started_at=started, **given)
    contacts.ended(request.policy, contact, actor=request.actor, at=request.at)
    if call is not None:
        _note(call, outcome, given.get("case_id"), request.at)


def _note(call: Call, outcome: str, case_id: int | None, at: datetime) -> None:
    """Somebody took this call: the exchange cannot count it as missed any more."""
    call.answered_at = call.answered_at or at
    call.outcome, call.case_id = outcome, case_id
    call.save(update_fields=["answered_at", "outcome", "case_id"])


def _typed(request: StaffRequest) -> datetime | None:
    """When the first key was pressed, as the page says in seconds; None when it says nothing."""
    ago = request.POST.get("took_s", "")[:6]
    known = ago.isascii() and ago.isdigit()
    return request.at - timedelta(seconds=int(ago)) if known and int(ago) else None
