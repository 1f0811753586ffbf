"""Several cases at once: reception refers the selected ones; each answers for itself."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peygir.boards import cases as board
from peygir.boards.search import code_of
from peygir.calendars.persian import to_latin_digits
from peygir.cases import acts, policies, words
from peygir.cases.models import Case
from peygir.cases.refusals import Refused, WrongStage
from peygir.desk import inbox
from peygir.desk.access import StaffRequest, page
from peygir.look.numbers import fa
from peygir.policy.asking import sorts

CASES_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case. `sentence`: why not, "" when it was done."""

    code: str
    sentence: str = ""


@page("inbox")
@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """Refer the selected cases; those that cannot be referred say why and stay where they are."""
    language = get_language() or "fa"
    codes = list(dict.fromkeys(code_of(c[:60]) for c in request.POST.getlist("case")[:CASES_MAX]))
    filters = inbox.read_filters({}, request)
    chosen = [code for code in codes if code]
    if not chosen:
        messages.error(request, _("Select at least one message first."))
        return inbox.show(request, filters, language, status=422)
    results = [_refer(request, code, language) for code in chosen]
    done = sum(not one.sentence for one in results)
    if done:
        text = ngettext("%(n)s message referred.", "%(n)s messages referred.", done)
        messages.success(request, text % {"n": fa(done)})
    return inbox.show(request, filters, language, results=results, status=200 if done else 422)


def _refer(request: StaffRequest, code: str, language: str) -> Result:
    found = board.by_code(request.actor, code)
    if found is None:
        return Result(code=code, sentence=_("No case with this code was found."))
    stage = policies.by_digest(found.policy).stages.get(found.stage)
    step = sorts(stage) if stage is not None else None
    try:
        if step is None:
            raise WrongStage("", found.stage)
        acts.act(
            policy=request.policy,
            case_id=found.pk,
            step=step.code,
            actor=request.actor,
            at=request.at,
            evidence=_evidence(request, found),
        )
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language)
        fields = words.refusal_fields(refused, request.policy, language)
        said = [f"{_named(name)}: {text}" for name, text in fields.items()]
        return Result(code=code, sentence=" ".join([sentence, *said]))
    return Result(code=code)


def _evidence(request: StaffRequest, found: Case) -> dict[str, Any]:
    """The form's subject, district and unit; what it leaves empty is taken from the case."""
    district = to_latin_digits(request.POST.get("district", "").strip()[:4])
    given: dict[str, Any] = {
        "category": request.POST.get("category", "")[:24] or found.category,
        "target_unit": request.POST.get("target_unit", "")[:40],
        "district": int(district) if district.isascii() and district.isdigit() else found.district,
    }
    return {name: value for name, value in given.items() if value not in ("", None)}


def _named(field: str) -> str:
    return {"category": _("Subject"), "district": _("District")}.get(field, _("Unit"))
