"""Codes of this channel as words for staff."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, gettext_noop

from peygir.channels.office import reconcile, say

_DIFFERENCES: Final[Mapping[str, str]] = {
    reconcile.NOT_NOTED: gettext_noop("not handed over yet"),
    reconcile.MISSING: gettext_noop("missing over there"),
    reconcile.ANSWER: gettext_noop("answered over there, not here"),
    reconcile.STILL_OPEN: gettext_noop("open over there, closed here"),
    reconcile.CLOSED_THERE: gettext_noop("closed over there, open here"),
    reconcile.UNKNOWN: gettext_noop("unknown here"),
}
_FAILURES: Final[Mapping[str, str]] = {
    "no_answer": gettext_noop("no answer"),
    "not_configured": gettext_noop("no address is set"),
    "not_https": gettext_noop("the address is not one of https"),
    "no_certificates": gettext_noop("the file of the authority cannot be read"),
    "redirected": gettext_noop("they point to another address"),
    "too_large": gettext_noop("the answer is too large"),
    "too_slow": gettext_noop("the answer takes too long"),
    "fault": gettext_noop("a fault on our side"),
    "http_401": gettext_noop("our token is not accepted"),
    "http_403": gettext_noop("our token is not accepted"),
}
_KINDS: Final[Mapping[str, str]] = {
    "answer": gettext_noop("Answer"),
    "forward": gettext_noop("Forwarding"),
    "return": gettext_noop("Return"),
    "acknowledge": gettext_noop("Acknowledgement"),
    "delegate": gettext_noop("Delegation"),
}
_REFUSALS: Final[Mapping[str, str]] = {
    "not_allowed": gettext_noop("that post may not do this on this case"),
    "wrong_stage": gettext_noop("the case had moved on"),
    "wrong_evidence": gettext_noop("something needed was missing or not right"),
    "limit_reached": gettext_noop("done as often as the policy allows"),
    "waits_for_co": gettext_noop("other units still owe their part"),
    "too_late": gettext_noop("the time for this was over"),
    "no_answer_taken": gettext_noop("no answer of theirs was taken"),
}


def difference(kind: str) -> str:
    return _of(_DIFFERENCES, kind)


def failure(code: str) -> str:
    """Why they could not be reached; HTTP numbers are kept as they are."""
    if code in _FAILURES:
        return gettext(_FAILURES[code])
    name, _, number = code.rpartition("_")
    return gettext("they answered %(number)s") % {"number": number} if name else code


def kind(code: str) -> str:
    return _of(_KINDS, code)


def refused(code: str) -> str:
    return _of(_REFUSALS, code) if code in _REFUSALS else _of(say.WORDS, code)


def _of(words: Mapping[str, str], code: str) -> str:
    return gettext(words[code]) if code in words else code
