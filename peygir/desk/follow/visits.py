"""A field visit as it arrives from a phone, maybe hours later and maybe twice (Q8, Q9).

The visit itself (what was seen, the citizen's account, the pictures) is kept whatever becomes of
the case; the step that the inspector chose is taken when the policy allows it, and a refusal is
told.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as given_by
from datetime import UTC, datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peygir.boards import field
from peygir.boards.models import VisitAnswer
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import acts, words
from peygir.cases.models import Case
from peygir.cases.refusals import Refused
from peygir.desk.access import StaffRequest
from peygir.desk.follow.common import TEXT_MAX, language, told
from peygir.ledger.ids import new_id
from peygir.people import codes, papers, photos
from peygir.people.models import Inspection, OneTimeCode
from peygir.people.photos import PhotoError, Picture
from peygir.policy.vocabulary import FINDINGS

PHOTOS_MAX: Final = 8
ACCURACY_MAX_M: Final = 100_000
#: What the inspector may choose on the form; "absent" leaves the case where it is.
OUTCOMES: Final = ("confirmed", "not_confirmed", "absent", "unreachable", "done")


@dataclass(slots=True, kw_only=True)
class Visit:
    """One visit as parsed. `faults`: field -> sentence; nothing is stored with any."""

    visit: uuid.UUID
    started_at: datetime
    saved_at: datetime
    finding: str = ""
    outcome: str = ""
    lat_e6: int | None = None
    lon_e6: int | None = None
    accuracy_m: int | None = None
    findings: str = ""
    statement: str = ""
    code: str = ""
    pictures: list[Picture] = given_by(default_factory=list)
    signature: Picture | None = None
    faults: dict[str, str] = given_by(default_factory=dict)


def parse(request: StaffRequest) -> Visit:
    """Read a posted visit. Times of the phone are trusted only backwards: nothing lies ahead."""
    given, at = request.POST, request.at
    saved_at = min(_instant(given.get("saved_at", ""), at), at)
    visit = Visit(
        visit=_uuid(given.get("visit", "")) or uuid.UUID(int=0),
        started_at=min(_instant(given.get("started_at", ""), saved_at), saved_at),
        saved_at=saved_at,
        finding=given.get("finding", ""),
        outcome=given.get("outcome", ""),
        lat_e6=_degrees(given.get("lat", ""), 90),
        lon_e6=_degrees(given.get("lon", ""), 180),
        accuracy_m=_metres(given.get("accuracy", "")),
        findings=clean(given.get("findings", "")).strip(),
        statement=clean(given.get("statement", "")).strip(),
        code=code_of(given.get("otp", "")),
    )
    if visit.lat_e6 is None or visit.lon_e6 is None:
        visit.lat_e6 = visit.lon_e6 = visit.accuracy_m = None
    _look(visit)
    _files(request, visit)
    return visit


def code_of(typed: str) -> str:
    """A typed code in Latin digits."""
    return to_latin_digits(clean(typed[:40])).strip()[:10]


def code_fault(request: StaffRequest, case: Case, code: str) -> str:
    """Why this is not the code that the citizen of this case was sent; "" when it is."""
    sent = OneTimeCode.objects.filter(case_id=case.pk, purpose="visit").order_by("-made_at")
    last = sent.first()
    if last is None:
        return _("No code was sent for this case.")
    if codes.verify(last.citizen_id, "visit", code, at=request.at).outcome == "ok":
        return ""
    return _("The code is not right or too old; have another one sent.")


def waiting(case: Case) -> Inspection | None:
    """The visit of this cycle whose citizen said yes and whose code was wrong, if one waits."""
    if case.inspection is None or case.closed_at is not None:
        return None
    visit = Inspection.objects.filter(pk=case.inspection).first()
    answer = VisitAnswer.objects.filter(visit=visit.visit).first() if visit else None
    return visit if answer is not None and answer.body.get("code_again") else None


def known(visit: uuid.UUID, request: StaffRequest) -> Mapping[str, Any] | None:
    """What this visit was answered before; None when it is new."""
    found = VisitAnswer.objects.filter(visit=visit).first()
    if found is None:
        return None
    if found.staff_id != request.user.pk:
        return {"visit": str(visit), "kept": True, "moved": False, "words": ""}
    body: Mapping[str, Any] = found.body
    return body


def keep(request: StaffRequest, case: Case, visit: Visit) -> tuple[Mapping[str, Any], bool]:
    """Store the visit and take its step at once; gives the answer and whether it was new."""
    try:
        with transaction.atomic():
            return _keep(request, case, visit), True
    except IntegrityError:
        before = known(visit.visit, request)
        if before is None:  # not the visit's number, so something else is wrong
            raise
        return before, False


def _keep(request: StaffRequest, case: Case, visit: Visit) -> Mapping[str, Any]:
    inspection = Inspection.objects.create(  # first, so that a second sender waits here and is told
        id=new_id(),
        visit=visit.visit,
        case_id=case.pk,
        staff_id=request.user.pk,
        started_at=visit.started_at,
        saved_at=visit.saved_at,
        received_at=request.at,
        finding=visit.finding,
        lat_e6=visit.lat_e6,
        lon_e6=visit.lon_e6,
        accuracy_m=visit.accuracy_m,
    )
    signature = _store(request, case, visit, inspection)
    moved = _move(request, case, visit, inspection, signature)
    body = {"visit": str(visit.visit), "case": case.code, "kept": True, **moved}
    VisitAnswer.objects.create(
        visit=visit.visit, staff_id=request.user.pk, body=body, at=request.at
    )
    return body


def _store(request: StaffRequest, case: Case, visit: Visit, inspection: Inspection) -> bool:
    """Papers and pictures of the visit; gives whether it is signed."""
    at, actor = request.at, request.actor
    said = {"visit_findings": visit.findings, "statement": visit.statement}
    ids = papers.write(case.pk, said, actor=actor, at=at)
    kept = [photos.keep(case.pk, one, kind="visit", actor=actor, at=at) for one in visit.pictures]
    if visit.signature is not None:
        signed = photos.keep(case.pk, visit.signature, kind="signature", actor=actor, at=at)
        inspection.signature = signed.pk
    inspection.findings_id = ids.get("visit_findings")
    inspection.statement_id = ids.get("statement")
    inspection.photos = [photo.pk for photo in kept]
    inspection.save()
    return visit.signature is not None


def _move(
    request: StaffRequest, case: Case, visit: Visit, inspection: Inspection, signed: bool
) -> dict[str, Any]:
    """What became of the case. `code_again`: only the citizen's code was wrong."""
    policy, lang, waits = request.policy, language(), field.waiting(case)
    given: dict[str, Any] = {
        "policy": policy,
        "case_id": case.pk,
        "actor": request.actor,
        "at": request.at,
    }
    try:
        acts.inspect(**given, inspection=inspection.pk, found=visit.finding)
    except Refused as refused:
        return _stays(_kept(words.refusal(refused, policy, lang)))
    if visit.outcome == "absent":
        stage = waits.stage.words.in_(lang) if waits else ""
        return _stays(_("Visit kept. The case stays with: %(stage)s.") % {"stage": stage})
    way = waits.ways.get(visit.outcome) if waits else None
    if way is None:
        return _stays(_kept(_("this way out is not open here.")))
    evidence: dict[str, Any] = {}
    if visit.outcome == "confirmed":
        via, fault = _word(request, case, visit, signed)
        if fault:
            return _stays(_kept(fault)) | {"code_again": True}
        evidence["citizen_word"] = {"via": via, "at": int(visit.saved_at.timestamp())}
    try:
        done = acts.act(**given, step=way[0].code, evidence=evidence, referral=way[1])
    except Refused as refused:
        fields = words.refusal_fields(refused, policy, lang)
        reasons: Sequence[str] = [words.refusal(refused, policy, lang), *fields.values()]
        return _stays(_kept(" ".join(reasons)))
    return {"moved": True, "words": told(done)}


def _word(request: StaffRequest, case: Case, visit: Visit, signed: bool) -> tuple[str, str]:
    """(how the citizen confirmed, "") or ("", why it does not count)."""
    fault = code_fault(request, case, visit.code) if visit.code else ""
    if visit.code and not fault:
        return "code", ""
    return ("signature", "") if signed else ("", fault)


def _stays(said: str) -> dict[str, Any]:
    return {"moved": False, "words": said}


def _kept(why: str) -> str:
    return _("The visit is kept, but the case did not move: %(why)s") % {"why": why}


def _look(visit: Visit) -> None:
    faults = visit.faults
    if visit.visit.int == 0:
        faults["visit"] = _("This visit has no number; open the page of the case again.")
    if visit.finding not in FINDINGS:
        faults["finding"] = _("Please say what you found.")
    if visit.outcome not in OUTCOMES:
        faults["outcome"] = _("Please say what the citizen says.")
    for name in ("findings", "statement"):
        if len(getattr(visit, name)) > TEXT_MAX:
            faults[name] = _("Please shorten this to 2,000 characters.")


def _files(request: StaffRequest, visit: Visit) -> None:
    uploads = request.FILES.getlist("photos")
    if len(uploads) > PHOTOS_MAX:
        visit.faults["photos"] = _("At most 8 photos belong to one visit.")
        return
    try:
        visit.pictures = [photos.prepare(upload) for upload in uploads]
    except PhotoError as wrong:
        visit.faults["photos"] = wrong.sentence
    signature = request.FILES.get("signature")
    if isinstance(signature, UploadedFile) and signature.size:
        try:
            visit.signature = photos.prepare(signature)
        except PhotoError as wrong:
            visit.faults["signature"] = wrong.sentence
    if visit.outcome == "confirmed" and not visit.code and visit.signature is None:
        visit.faults["otp"] = _("The citizen confirms with the code sent to them, or signs.")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text[:40])
    except ValueError:
        return None


def _instant(text: str, otherwise: datetime) -> datetime:
    """An ISO instant; what is none, or has no zone, counts as `otherwise`."""
    try:
        found = datetime.fromisoformat(text[:40])
        return found.astimezone(UTC) if found.tzinfo else otherwise
    except (ValueError, OverflowError):
        return otherwise


def _degrees(text: str, most: int) -> int | None:
    try:
        value = float(to_latin_digits(text[:24]))
    except ValueError:
        return None
    return round(value * 1e6) if -most <= value <= most else None  # nan fails both comparisons


def _metres(text: str) -> int | None:
    try:
        value = float(to_latin_digits(text[:24]))
    except ValueError:
        return None
    return round(value) if 0 <= value <= ACCURACY_MAX_M else None
