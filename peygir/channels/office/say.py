"""A refusal as the office automation is told of it: a code for machines, words for the manager."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from peygir.cases import refusals, words
from peygir.policy.model import CityPolicy

LANGUAGES: Final = ("fa", "en")
#: The note that an acknowledgement without words leaves; the city's colleagues write Persian.
SEEN: Final = "در اتوماسیون اداری دیده شد."

WORDS: Final[Mapping[str, str]] = {
    "not_configured": gettext_noop("This system has no key for the office automation yet."),
    "wrong_signature": gettext_noop("The signature does not fit the message."),
    "wrong_time": gettext_noop("The time of the request is too far from ours; check the clock."),
    "too_large": gettext_noop("The message is too large."),
    "not_json": gettext_noop("The message is not a JSON object."),
    "wrong_message": gettext_noop("Fields of the message are missing or not right."),
    "id_used": gettext_noop("This id belongs to another message."),
    "unknown_referral": gettext_noop("There is no such referral here."),
    "unknown_person": gettext_noop(
        "Nobody here has this personnel number; the administrator has been told."
    ),
    "not_their_post": gettext_noop("This person neither fills that post now nor stands in for it."),
    "referral_closed": gettext_noop("This referral is closed; look at how the case stands now."),
    "no_such_step": gettext_noop("This cannot be done where the case waits now."),
    "delegation_refused": gettext_noop("The substitute could not be named for that time."),
}


def of(code: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The body of a refusal; KeyError for a code without words."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = gettext(WORDS[code])
    return {"error": {"code": code, **said, "fields": dict(fields or {})}}


def of_refusal(refused: refusals.Refused, policy: CityPolicy) -> dict[str, Any]:
    """The body of an act that was refused, with the same words as on the staff pages."""
    said = {language: words.refusal(refused, policy, language) for language in LANGUAGES}
    fields = refused.fields if isinstance(refused, refusals.WrongEvidence) else {}
    return {"error": {"code": refused.code, **said, "fields": dict(fields)}}
