"""`/receipt/`: whoever holds a receipt sees what the public log says of it, and takes the proof.

The code is posted, never part of an address: no server on the way writes down who asked for which
case. The same look-up without us: the lists below `/log/`, and `verify receipt`.
"""

from typing import Any, Final

import segno
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peygir.cases.models import Case
from peygir.ledger.models import Stop
from peygir.people import throttle
from peygir.portal import limits, receipt_words, visitor
from peygir.portal.page import Visit, page, show
from peygir.publication import receipts
from peygir.publication.receipts import Place
from peygir.verify.errors import Incomplete
from peygir.verify.receipts import BadCode, Promise

TEXT_MAX: Final = 400  # a promise with the address around it
PROMISE_MIN: Final = 100  # letters; a code is far shorter


@require_http_methods(["GET", "HEAD", "POST"])
@page
def receipt(request: Visit) -> HttpResponse:
    """Ask for a code; a posted one is looked up."""
    if request.method != "POST":
        return show(request, "receipt.html", {"typed": "", "wrong": []})
    return _looked_up(request)


@require_POST
@page
def receipt_file(request: Visit) -> HttpResponse:
    """The proof or the leaf itself, to be kept and checked anywhere."""
    throttle.hit(limits.RECEIPTS, request.visitor.address, at=request.at)
    try:
        start, _promise = _read(request.POST.get("code", "")[:TEXT_MAX])
        place = receipts.find(start)
        if place is None:
            return _looked_up(request)
        code = receipts.shown(start)
        if request.POST.get("what") == "leaf":
            return _file(f"{code}.json", place.data)
        return _file(f"{code}.tlog-proof", receipts.proof(place))
    except (BadCode, Incomplete):
        return _looked_up(request)


@require_safe
@page
def promise_file(request: Visit) -> HttpResponse:
    """The signed promise of this browser's last report."""
    last = visitor.done(request)
    found = receipts.of(last[0]) if last else None
    if found is None:
        return show(request, "receipt.html", {"typed": "", "wrong": []}, status=404)
    word = receipts.promise(found, at=request.at)
    return _file(f"{found.code}.promise.txt", f"{word}\n".encode())


def of_case(request: Visit, case: Case) -> dict[str, Any]:
    """The receipt of a case that has just been registered, for the page that says thank you.

    {} where it has none. The promise is made here: what it speaks of is committed.
    """
    found = receipts.of(case.pk)
    if found is None:
        return {}
    word = receipts.promise(found, at=request.at)
    told = receipt_words.told(found.leaf, request.policy, request.language)
    return {"receipt": found, "receipt_fields": told.rows, "receipt_qr": _drawn(_link(word))}


def _looked_up(request: Visit) -> HttpResponse:
    throttle.hit(limits.RECEIPTS, request.visitor.address, at=request.at)
    typed = request.POST.get("code", "")[:TEXT_MAX]
    try:
        start, promise = _read(typed)
    except BadCode:
        wrong = [_("A receipt has sixteen letters and digits; look at the text message again.")]
        return show(request, "receipt.html", {"typed": typed[:60], "wrong": wrong}, status=422)
    place = receipts.find(start)
    given: dict[str, Any] = {"typed": receipts.shown(start), "wrong": [], "asked": True}
    if place is not None:
        return show(request, "receipt.html", given | _found(request, place))
    status = 404 if promise is None else 200
    return show(request, "receipt.html", given | _missing(request, promise), status=status)


def _found(request: Visit, place: Place) -> dict[str, Any]:
    story = receipts.told_of(place)
    told = [receipt_words.told(leaf, request.policy, request.language) for leaf in story]
    first = place.leaf
    return {
        "told": told,
        "due": receipt_words.instant(first.get("due")),
        "sealed": "et" not in first,
        "place": place,
    }


def _missing(request: Visit, promise: Promise | None) -> dict[str, Any]:
    by = receipt_words.instant(promise.by) if promise is not None else None
    return {
        "promised_by": by,
        "broken": by is not None and request.at > by,
        "stopped": Stop.objects.filter(cleared_at=None).exists(),
        "within": receipts.WITHIN,
    }


def _read(typed: str) -> tuple[bytes, Promise | None]:
    """How the leaf's hash begins, by a code, a promise, or the address that a QR code leads to.

    Raises BadCode.
    """
    word = typed.strip().rpartition("#")[2]
    if len(word) < PROMISE_MIN:
        return receipts.read_code(word), None
    promise = receipts.read_promise(word)
    return promise.leaf_hash, promise


def _link(word: str) -> str:
    """What stands behind the mark stays in the browser: no server is told."""
    return f"{settings.PEYGIR_BASE_URL}{reverse('portal:receipt')}#{word}"


def _drawn(text: str) -> SafeString:
    drawn = segno.make(text, error="l", boost_error=False)
    svg = drawn.svg_inline(scale=3, border=4, light="#fff", dark="#000")
    return mark_safe(svg)  # noqa: S308 - segno draws squares only; the text is not in it


def _file(name: str, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
