"""Whatever anybody may write is planted with a name, an address and a number; every public byte is
read, and none of it is there.

Text columns are not listed by hand alone: one that is not listed as free text must hold codes, so
that a new field for words fails here until it is planted.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import connection, models
from django.test import Client

from peygir.boards.models import HandOverNote, VisitAnswer
from peygir.cases.models import Case, OverlayPlan, PlanComment
from peygir.evaluation.models import Appeal, Point
from peygir.ledger.log import files
from peygir.ledger.models import Event
from peygir.notices.models import DevMessage
from peygir.observatory import frame
from peygir.people import letters
from peygir.people.models import Call, Paper, Photo, Staff
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from tests.city import filling
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.requirement("T13")]

NAME, ADDRESS, PHONE = "زهرا کاشانی‌پور", "کوچهٔ نرگس، پلاک ۴۱۷", "09127654321"
SAID = f"{NAME} {ADDRESS} {PHONE}"
MARKS = ("کاشانی", "نرگس", "پلاک ۴۱۷", "7654321", "۷۶۵۴۳۲۱")

#: Columns for words, names, addresses and numbers of people: all of them are planted.
FREE = {
    "people.Citizen": ("phone", "name"),
    "people.Staff": ("username", "fa", "en", "phone", "email", "extension"),
    "people.Paper": ("text", "search"),
    "people.Letter": (
        "theirs", "addressee", "subject", "body", "copies", "refers_to", "search", "scan",
    ),
    "people.Call": ("phone", "extension"),
    "cases.OverlayPlan": ("text",),
    "cases.PlanComment": ("text",),
    "boards.HandOverNote": ("text",),
    "boards.VisitAnswer": ("body",),
    "evaluation.Appeal": ("reason", "answer"),
    "notices.DevMessage": ("recipient", "subject", "body"),
}  # fmt: skip
#: Columns with words that are the city's own and public, or that nobody writes by hand.
PUBLIC = {
    "people.Unit": ("fa", "en"),
    "people.Post": ("fa", "en"),
    "cases.PolicyVersion": ("files",),
    "cases.Draft": ("files", "steps", "rehearsal"),  # of a policy, whose texts are public
    "ledger.Checkpoint": ("note",),
}
#: Made by us, and not for the public: as they are, they must be nowhere either.
KEPT = {
    "cases.Case": ("code",),
    "people.Photo": ("path", "sha256"),
    "people.Staff": ("password",),
    "notices.Notice": ("dedupe_key", "provider_id"),
}
OURS = ("auth", "contenttypes", "sessions", "otp_totp", "otp_static")  # of the framework
TEXT = (models.CharField, models.TextField, models.JSONField, ArrayField)
ROOTS = (
    "/", "/report/", "/track/", "/receipt/", "/confirm/", "/mine/", "/help/", "/help/questions/",
    "/privacy/", "/accessibility/", "/crisis/", "/healthz", "/desk/login/", "/report/done/",
    "/observatory/", "/observatory/feed.atom", "/observatory/data/datapackage.json",
    "/observatory/data/live.parquet", "/observatory/corrections/", "/observatory/kinds/",
    "/observatory/classes/", "/observatory/entries/?of=registered", "/observatory/entries/",
)  # fmt: skip
PAGES_MAX = 260


def texts(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        if isinstance(field, TEXT):
            yield field


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            yield model


@pytest.fixture
def city(qom: CityPolicy, settings: Any, tmp_path: Path) -> CityPolicy:
    """Two days of a city, and a row of everything that the two days did not bring."""
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    call_command("demo", "--days=2", "--per-day=40", verbosity=0)
    at = Event.objects.latest("id").happened_at
    case, person = Case.objects.latest("pk"), Staff.objects.latest("pk")
    actor = filling(qom, "centre-head")
    words = letters.Words(
        to_kind="other", addressee=NAME, subject=SAID, body=SAID, signatory="centre-head"
    )
    letters.draft(case.pk, words, referral=1, actor=actor, at=at)
    VisitAnswer.objects.create(visit="0" * 32, staff_id=person.pk, body={"words": SAID}, at=at)
    HandOverNote.objects.create(post="centre-head", staff_id=person.pk, text=SAID, at=at)
    plan = OverlayPlan.objects.create(pk=1, code="storm", number=1, text=SAID, opened_at=at)
    PlanComment.objects.create(pk=1, plan=plan, post="centre-head", text=SAID, at=at)
    DevMessage.objects.create(channel="sms", recipient=PHONE, body=SAID, at=at)
    if not Appeal.objects.exists():
        point = Point.objects.latest("pk")
        Appeal.objects.create(point=point, reason=SAID, filed_post="d1-civil-head", filed_at=at)
    if not Call.objects.exists():
        Call.objects.create(pk=1, direction="in", phone=PHONE, rang_at=at)
    return qom


def plant() -> None:
    """Put personal data into every row of every column of FREE."""
    for label, names in FREE.items():
        model = apps.get_model(label)
        assert model.objects.exists(), f"nothing of {label} to plant in"
        for name in names:
            field: Any = model._meta.get_field(name)
            for pk in model.objects.values_list("pk", flat=True):
                model.objects.filter(pk=pk).update(**{name: _words(field, pk)})


def _words(field: Any, pk: object) -> Any:
    if isinstance(field, models.JSONField):
        return {"words": SAID, NAME: ADDRESS}
    if isinstance(field, ArrayField):
        return [NAME, ADDRESS]
    if field.unique:
        return f"{PHONE}{int(str(pk)) % 10**9}"
    return SAID[: field.max_length] if field.max_length else SAID


Said = Iterator[tuple[str, bytes]]  # where, and what is said there


def published() -> Said:
    for file in sorted(files.root().rglob("*")):
        if file.is_file():
            yield str(file.relative_to(files.root())), file.read_bytes()


def pages() -> Said:
    """Every page that a visitor can get to by its links, in both languages, with its headers."""
    site = Client()
    waiting = [*ROOTS, *(f"/en{path}" for path in ROOTS)]
    seen: set[str] = set()
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = site.get(path)
        body = _body(answer)
        yield path, body
        yield f"headers of {path}", str(answer.headers).encode()
        if "html" in answer.headers.get("Content-Type", ""):
            waiting += [
                each.replace("&amp;", "&")
                for each in re.findall(r'(?:href|src|action)="(/[^"#]*)', body.decode())
                if not re.match(r"/(en/)?(desk|dev|static|log|i18n|theme)", each)
            ]


def answers(case: Case) -> Said:
    """What the forms of the public site answer, and what is behind the address of a case."""
    site = Client()
    code = min(files.root().glob("*/receipts/*.txt")).read_text().split()[0]
    forms: tuple[tuple[str, dict[str, str]], ...] = (
        ("/receipt/", {"code": code}),
        ("/receipt/file/", {"code": code, "what": "proof"}),
        ("/receipt/file/", {"code": code, "what": "leaf"}),
        ("/report/hints/", {"words": "چراغ خاموش است", "district": str(case.district or 1)}),
        ("/track/", {"code": case.code, "phone": "09120000000"}),
        ("/observatory/", {"code": code}),
    )
    for path, form in forms:
        yield f"POST {path}", _body(site.post(path, form)).replace(case.code.encode(), b"")
    for path in (f"/t/{case.code}", f"/t/{case.code}/photo/1/", f"/t/{case.code}/answer/"):
        yield path, _body(site.get(path)).replace(case.code.encode(), b"")  # who asks has it


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def test_nothing_that_anybody_wrote_is_in_a_public_byte(city: CityPolicy, sealed: Seal) -> None:
    plant()
    at = Event.objects.latest("id").happened_at
    for hours in (0, 1, 48, 49):
        sealed(at + timedelta(hours=hours))
        figures.publish(at=at + timedelta(hours=hours))
    sealed(at + timedelta(hours=50))
    assert archives.make_due(at=at)
    frame.forget()
    kept = set(_kept())
    found, places = [], set()
    case = Case.objects.latest("pk")
    assert NAME in Paper.objects.filter(case_id=case.pk)[0].text, "it is there, for staff"
    for where, data in (*published(), *pages(), *answers(case)):
        places.add(where)
        text = data.decode("utf-8", "replace")
        found += [(where, mark) for mark in MARKS if mark in text]
        found += [(where, word) for word in set(re.findall(r"[\w.@/+-]{8,}", text)) & kept]
    assert found == []
    for kind in (".json", ".csv", ".tar", ".txt", ".py", "checkpoint", "feed.atom", ".parquet"):
        assert any(where.endswith(kind) for where in places), kind
    for part in ("tile/0/", "tile/entries/", "rules/", "receipts/", "archives/", "verifiers/"):
        assert any(part in where for where in places), part
    for page in ("units", "managers", "districts", "subjects", "entries/?case="):
        assert any(f"/observatory/{page}" in where for where in places), page


def test_every_other_text_column_holds_codes_alone(city: CityPolicy) -> None:
    wrong = []
    for model in ours():
        label = model._meta.label
        known = {*FREE.get(label, ()), *PUBLIC.get(label, ())}
        for field in texts(model):
            if field.name not in known:
                rows = model._default_manager.all()
                if model is Event:
                    rows = rows.exclude(subject="policy")  # that hold a policy's files
                values = rows.values_list(field.name, flat=True).distinct()
                wrong += [
                    (f"{label}.{field.name}", value) for value in values[:3000] if _is_said(value)
                ]
    assert wrong[:20] == []


def test_every_column_that_is_listed_is_there() -> None:
    for listed in (FREE, PUBLIC, KEPT):
        for label, names in listed.items():
            have = {field.name for field in texts(apps.get_model(label))}
            assert set(names) <= have, label


def _is_said(value: Any) -> bool:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return re.search(r"[آ-ی]|(?<!\d)(\+?98|0)9\d{9}(?!\d)|@\w+\.", text) is not None


def _kept() -> Iterator[str]:
    for label, names in KEPT.items():
        for name in names:
            for value in apps.get_model(label)._default_manager.values_list(name, flat=True):
                if value and len(value) >= 8:
                    yield value
    assert Photo.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select encode(key, 'hex') from people_casekey")
        yield from (key for (key,) in cursor.fetchall())
