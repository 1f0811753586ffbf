"""Changing a draft: by forms for what changes often, by whole files for everything else."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from peygir.cases import drafts
from peygir.cases.drafts import DraftError
from peygir.cases.models import Draft
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.drafting import draft as desk
from peygir.desk.drafting import sentences
from peygir.desk.drafting.parts import PARTS, Given, Wrong
from peygir.desk.follow.common import language
from peygir.policy.errors import PolicyError
from peygir.policy.load import FILES, OPTIONAL, SIZE_MAX, load_files


@page("policy_draft")
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, draft_id: int, part: str) -> HttpResponse:
    """The form of one part; what it changes is saved when the files can still be read."""
    one = desk.found(draft_id)
    if part not in PARTS:
        raise Http404
    try:
        load_files(one.base.city, one.files)
    except PolicyError:
        messages.warning(request, _("A file cannot be read; mend it by giving it anew."))
        return redirect("desk:draft_files", draft_id=draft_id)
    if request.method != "POST":
        return _form(request, one, part)
    try:
        return _changed(request, one, part)
    except Wrong as wrong:
        return _form(request, one, part, faults=wrong.fields, status=422)
    except PolicyError as wrong:
        said = sentences.fault(wrong, language())
        faults = {"": f"{said['file']} {said['key']}: {said['words']}"}
        return _form(request, one, part, faults=faults, status=422)
    except DraftError as wrong:
        return desk.show(request, desk.found(draft_id), wrong=sentences.refusal(wrong), status=409)


def _changed(request: StaffRequest, one: Draft, part: str) -> HttpResponse:
    """Raises Wrong, PolicyError or DraftError."""
    policy = load_files(one.base.city, one.files)
    files = PARTS[part].put(policy, Given(post=request.POST.dict()))
    load_files(one.base.city, files)
    if files != one.files:
        drafts.change(one.pk, desk.by(request), files)
        messages.success(request, _("The draft is changed."))
    return redirect("desk:draft", draft_id=one.pk)


def _form(
    request: StaffRequest,
    one: Draft,
    part: str,
    *,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    lang, policy = language(), load_files(one.base.city, one.files)
    asked = request.POST.get("known") or request.GET.get("code", "")
    code = asked if asked in policy.categories else ""
    context = {
        "draft": one,
        "part": part,
        "title": PARTS[part].title(),
        "groups": PARTS[part].build(policy, lang, code),
        "code": code,
        "subjects": [(c.code, c.words.in_(lang)) for c in policy.categories.values()],
        "faults": faults or {},
        "typed": request.POST if faults else None,
    }
    return nav.show(request, "desk/drafting/change.html", context, here="policy", status=status)


@page("policy_draft")
@never_cache
@require_http_methods(["GET", "POST"])
def files(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Whole files, for whoever knows them: taken even when the checker will refuse them."""
    one, faults, status = desk.found(draft_id), [], 200
    if request.method == "POST":
        new = dict(one.files)
        for given in request.FILES.getlist("files"):
            assert isinstance(given, UploadedFile)
            if wrong := _taken(given, new):
                faults.append(wrong)
        if not request.FILES:
            faults.append(_("Please choose a file."))
        status = 422
        if not faults:
            try:
                drafts.change(one.pk, desk.by(request), new)
            except DraftError as wrong_step:
                said = sentences.refusal(wrong_step)
                return desk.show(request, desk.found(draft_id), wrong=said, status=409)
            messages.success(request, _("The draft is changed."))
            return redirect("desk:draft", draft_id=one.pk)
    context = {"draft": one, "names": (*FILES, *OPTIONAL), "faults": faults}
    return nav.show(request, "desk/drafting/files.html", context, here="policy", status=status)


@page("policy_drafts")
@never_cache
@require_GET
def file(request: StaffRequest, draft_id: int, file_name: str) -> HttpResponse:
    """One file of the draft, to be changed outside."""
    one = desk.found(draft_id)
    if file_name not in one.files:
        raise Http404
    return HttpResponse(
        one.files[file_name],
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _taken(given: UploadedFile, new: dict[str, str]) -> str:
    """Put the file among the others; a sentence when it cannot be one of them."""
    name = (given.name or "")[:80]
    if name not in (*FILES, *OPTIONAL):
        return _("“%(name)s” is no file of a policy.") % {"name": name}
    if (given.size or 0) > SIZE_MAX:
        return _("“%(name)s” is too large.") % {"name": name}
    try:
        new[name] = given.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _("“%(name)s” is not written in UTF-8.") % {"name": name}
    if "\x00" in new[name]:
        return _("“%(name)s” is not written in UTF-8.") % {"name": name}
    return ""
