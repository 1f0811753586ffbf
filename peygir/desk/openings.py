"""The auditor's page: open what the log hides, draw cases by lot, sign what was found.

No name, number or word of a citizen is behind any of it: the auditor sees no case.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.calendars.persian import clean, to_latin_digits
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import unit_name
from peygir.look.dates import duration, jalali_words
from peygir.look.numbers import fa
from peygir.policy.model import CityPolicy
from peygir.publication import audits, receipts
from peygir.publication.openings import CannotOpen, Opening, open_leaf
from peygir.publication.receipts import Place
from peygir.verify.receipts import BadCode

TEXT_MAX: Final = 200
NAMES: Final = {  # of values that a leaf hides
    "category": gettext_noop("Subject"),
    "ch": gettext_noop("Channel"),
    "district": gettext_noop("District"),
    "due": gettext_noop("Deadline"),
    "et": gettext_noop("Time"),
    "kind": gettext_noop("Kind"),
    "lat_e3": gettext_noop("Latitude, to about a hundred metres"),
    "lon_e3": gettext_noop("Longitude, to about a hundred metres"),
    "post": gettext_noop("Post"),
    "sla": gettext_noop("Time allowed"),
    "unit": gettext_noop("Unit"),
}
SIGNED_WITHIN: Final = timedelta(days=1)  # away from here, with the auditor's own key
DICE_MAX: Final = 64  # digits; like the next, as publication.shape has it
SAMPLE_MAX: Final = 1_000
SAMPLE_USUAL: Final = 60  # call-backs that find a falsehood of five in a hundred, 95 times of 100


@page("openings")
@never_cache
@require_GET
def openings(request: StaffRequest) -> HttpResponse:
    """The three forms."""
    return _show(request)


@page("openings")
@never_cache
@require_POST
def open_one(request: StaffRequest) -> HttpResponse:
    """Open one leaf, by its receipt or its year and number."""
    typed = _text(request, "leaf")
    try:
        place = _place(typed)
    except BadCode:
        return _show(request, {"leaf": _("Write a receipt, or year/number as in 1405/137.")})
    if place is None:
        return _show(request, {"leaf": _("There is no such entry in the signed log.")})
    try:
        digest = request.policy.digest
        found = open_leaf(place, policy=digest, actor=request.actor, at=request.at)
    except CannotOpen as refused:
        said = {
            "nothing": _("This entry hides nothing that an auditor may see."),
            "erased": _("Its key was destroyed with the citizen's words; nobody can open it."),
        }
        return _show(request, {"leaf": said[refused.code]})
    return _show(request, opening=found, rows=_rows(found, request.policy))


@page("openings")
@never_cache
@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """Draw cases by lot from dice that were thrown in public."""
    dice = to_latin_digits(clean(_text(request, "dice"))).replace(" ", "")
    wanted = _number(_text(request, "sample"))
    post = request.actor.post
    wrong = _wrong_draw(dice, wanted)
    if wrong:
        return _show(request, wrong)
    try:
        found = audits.draw(audits.basis(), dice, wanted, by=post, at=request.at)
    except audits.Refused as refused:
        return _show(request, {"dice": _said(refused.code)})
    return _show(request, drawn=[(each.year, each.number) for each in found])


@page("openings")
@never_cache
@require_POST
def result(request: StaffRequest) -> HttpResponse:
    """Say what an audit found; with the auditor's own key, if they sign."""
    key, signature = _text(request, "key"), _text(request, "sig")
    checked, held = (_number(_text(request, name)) for name in ("checked", "held"))
    wrong = _wrong_result(checked, held, key)
    if wrong:
        return _show(request, wrong)
    try:
        body = audits.result(
            audits.basis(),
            about=_text(request, "about"),
            checked=checked,
            held=held,
            by=request.actor.post,
            at=request.at,
        )
        body |= _signed(request, body)
        if key and not signature:
            text = audits.to_sign(body, key).decode()
            return _show(request, to_sign=text, signed={"et": body["et"], "size": body["size"]})
        audits.publish(body, key=key, signature=signature)
    except audits.Refused as refused:
        field = "sig" if refused.code == "signature" else "checked"
        return _show(request, {field: _said(refused.code)})
    return _show(request, logged=True)


def _wrong_draw(dice: str, wanted: int) -> dict[str, str]:
    """What is wrong with a draw that is asked for, by field."""
    wrong = {}
    if not (dice.isascii() and dice.isdigit() and len(dice) <= DICE_MAX):
        wrong["dice"] = _("Digits only, at least one and at most %(most)s.") % {
            "most": fa(DICE_MAX)
        }
    if not 1 <= wanted <= SAMPLE_MAX:
        wrong["sample"] = _("A number from 1 to %(most)s.") % {"most": fa(SAMPLE_MAX)}
    return wrong


def _wrong_result(checked: int, held: int, key: str) -> dict[str, str]:
    """What is wrong with a result, by field."""
    wrong = {
        name: _("Write a number.") for name, n in (("checked", checked), ("held", held)) if n < 0
    }
    if not wrong and held > checked:
        wrong["held"] = _("Never more than were checked.")
    if key and not audits.is_key(key):
        wrong["key"] = _("This is no public key of Ed25519: 43 letters in base64url.")
    return wrong


def _signed(request: StaffRequest, now: Mapping[str, Any]) -> dict[str, int]:
    """When the auditor was given the text to sign, and how long the log was then: both went on."""
    at, size = _number(_text(request, "et")), _number(_text(request, "size"))
    is_fresh = 0 <= now["et"] - at <= SIGNED_WITHIN.total_seconds()
    return {"et": at, "size": size} if is_fresh and 0 < size <= now["size"] else {}


def _show(
    request: StaffRequest, wrong: Mapping[str, str] | None = None, **found: Any
) -> HttpResponse:
    names = ("leaf", "dice", "sample", "about", "checked", "held", "key", "sig")
    given = {name: request.POST.get(name, "")[:TEXT_MAX] for name in names}
    given["sample"] = given["sample"] or fa(SAMPLE_USUAL)
    shown: dict[str, Any] = {"typed": given, "wrong": dict(wrong or {}), "abouts": _abouts()}
    for name in ("opening", "drawn", "to_sign", "signed", "logged"):
        shown[name] = found.get(name)
    shown["rows"] = found.get("rows", [])
    shown["faults"] = [(f"id_{name}", said) for name, said in shown["wrong"].items()]
    status = 422 if wrong else 200
    return nav.show(request, "desk/openings.html", shown, here="openings", status=status)


def _abouts() -> list[tuple[str, str]]:
    return [("calls", _("Calls to citizens")), ("openings", _("Openings of entries"))]


def _said(code: str) -> str:
    return {
        "no_log": _("There is no signed log yet."),
        "shape": _("The log does not take this; look at each field again."),
        "signature": _("This signature is not by this key over this text."),
    }[code]


def _place(typed: str) -> Place | None:
    """Raises BadCode for what is neither a receipt nor year and number."""
    year, slash, number = to_latin_digits(clean(typed)).replace(" ", "").partition("/")
    is_number = year.isdecimal() and number.isdecimal()  # not ², which is a digit too
    if slash and is_number and len(year) == 4 and len(number) < 12:
        return receipts.place_of(int(year), int(number))
    return receipts.find(receipts.read_code(typed))


def _rows(opening: Opening, policy: CityPolicy) -> list[tuple[str, str, str]]:
    """Each value: what it is and what it says in words, and both as the log spells them."""
    return [
        (_(NAMES.get(name, name)), _words(name, value, policy), f"{name} = {value}")
        for name, value in sorted(opening.values.items())
    ]


def _words(name: str, value: Any, policy: CityPolicy) -> str:
    language = get_language() or "fa"
    if name == "category" and value in policy.categories:
        return policy.categories[value].words.in_(language)
    if name == "district" and value in policy.organisation.districts:
        return policy.organisation.districts[value].in_(language)
    if name == "kind" and value in policy.kinds:
        return policy.kinds[value].in_(language)
    if name in ("lat_e3", "lon_e3"):
        return fa(value / 1000, 3)
    if name in ("due", "et"):
        return jalali_words(datetime.fromtimestamp(value, UTC))
    if name == "unit":
        return unit_name(policy, value)
    return duration(timedelta(seconds=value)) if name == "sla" else str(value)


def _text(request: StaffRequest, name: str) -> str:
    return request.POST.get(name, "")[:TEXT_MAX].strip()


def _number(text: str) -> int:
    digits = to_latin_digits(clean(text)).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else -1
