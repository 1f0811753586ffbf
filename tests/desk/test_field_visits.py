"""Field visits: kept whatever happens, counted once, closed only by the citizen's own word."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from peygir.boards.models import VisitAnswer
from peygir.ledger.models import Event
from peygir.notices.models import Notice
from peygir.people.models import Inspection, Paper, Photo
from peygir.policy.model import CityPolicy
from tests.city import Story
from tests.desk.follow import BEFORE, answered, at_desk, doubted, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _photos(settings: Any, tmp_path: Any) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.fixture
def inspector(qom: CityPolicy) -> Client:
    return at_desk("inspector", "special-follow-up-1")[0]


def picture(kind: str = "JPEG") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, kind)
    return SimpleUploadedFile(f"x.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def visit(it: Story, **fields: Any) -> dict[str, Any]:
    """What the phone sends of one visit."""
    made = it.at + timedelta(hours=1)
    given = {
        "visit": str(uuid.uuid4()),
        "code": it.case.code,
        "started_at": made.isoformat(),
        "saved_at": (made + timedelta(minutes=4)).isoformat(),
        "finding": "not_done",
        "outcome": "not_confirmed",
        "lat": "34.640000",
        "lon": "50.876000",
        "accuracy": "8",
        "findings": "چاله پر نشده است",
        "statement": "فقط خاک ریختند",
    }
    return given | fields


def send(client: Client, given: Mapping[str, Any]) -> Any:
    return client.post(reverse("desk:field_visits"), given, headers={"Accept": "application/json"})


class TestAVisit:
    @pytest.mark.requirement("Q8")
    def test_keeps_place_time_pictures_findings_and_the_citizens_account(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        answer = send(inspector, visit(it, photos=[picture(), picture("PNG")]))
        assert answer.status_code == 201
        kept = Inspection.objects.select_related("findings", "statement").get()
        assert (kept.lat_e6, kept.lon_e6, kept.accuracy_m) == (34_640_000, 50_876_000, 8)
        assert kept.started_at == it.at + timedelta(hours=1)
        assert kept.findings is not None
        assert kept.statement is not None
        assert kept.findings.text == "چاله پر نشده است"
        assert kept.statement.text == "فقط خاک ریختند"
        assert len(kept.photos) == Photo.objects.filter(kind="visit").count() == 2

    @pytest.mark.requirement("Q9")
    def test_not_confirmed_goes_back_to_the_executive_in_a_new_cycle(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        assert send(inspector, visit(it)).json()["moved"] is True
        case = stored(it)
        assert (case.stage, case.unit, case.cycle, case.status) == (
            "execution", "d3-civil", 2, "reopened",
        )  # fmt: skip
        kinds = list(Event.objects.order_by("id").values_list("kind", "step"))[-2:]
        assert kinds == [("case.inspected", ""), ("case.stepped", "not_confirmed")]

    @pytest.mark.requirement("Q9")
    def test_the_citizens_signature_closes_the_case(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        given = visit(it, finding="done", outcome="confirmed", signature=picture("PNG"))
        assert send(inspector, given).json()["moved"] is True
        case = stored(it)
        assert (case.stage, case.ending) == ("closed", "confirmed_in_field")
        word = Event.objects.latest("id").facts["evidence"]["citizen_word"]
        assert word["via"] == "signature"
        assert Inspection.objects.get().signature == Photo.objects.get(kind="signature").pk

    @pytest.mark.requirement("Q9")
    def test_the_code_sent_to_the_citizen_closes_the_case(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        sent = inspector.post(
            reverse("desk:field_code", kwargs={"code": it.case.code}),
            headers={"Accept": "application/json"},
        )
        assert sent.status_code == 200
        code = Notice.objects.get(template="sms.otp").params["otp"]
        assert code not in sent.content.decode()
        persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        given = visit(it, finding="done", outcome="confirmed", otp=persian)
        assert send(inspector, given).json()["moved"] is True
        word = Event.objects.latest("id").facts["evidence"]["citizen_word"]
        assert (word["via"], stored(it).ending) == ("code", "confirmed_in_field")

    @pytest.mark.requirement("Q9")
    def test_the_inspectors_own_word_closes_nothing(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        assert send(inspector, visit(it, finding="done", outcome="confirmed")).status_code == 422
        answer = send(inspector, visit(it, finding="done", outcome="confirmed", otp="00000"))
        assert answer.status_code == 201
        assert answer.json()["moved"] is False
        assert stored(it).stage == "special_follow_up"
        assert Inspection.objects.count() == 1

    @pytest.mark.requirement("Q9")
    def test_after_a_wrong_code_only_the_code_is_asked_for_again(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        place = {"code": it.case.code}
        inspector.post(reverse("desk:field_code", kwargs=place))
        code = Notice.objects.get(template="sms.otp").params["otp"]
        wrong = f"{(int(code) + 1) % 100_000:05}"
        answer = inspector.post(
            reverse("desk:field_visits"), visit(it, finding="done", outcome="confirmed", otp=wrong)
        )
        page = reverse("desk:field_visit", kwargs=place)
        assert answer["Location"] == page
        assert 'name="again"' in inspector.get(page).content.decode()
        again = reverse("desk:field_confirm", kwargs=place)
        assert inspector.post(again, {"again": ""}).status_code == 422
        refused = inspector.post(again, {"again": wrong})
        assert refused.status_code == 422
        assert "کد درست نیست" in refused.content.decode()
        persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        assert inspector.post(again, {"again": persian}).status_code == 302
        assert stored(it).ending == "confirmed_in_field"
        assert Inspection.objects.count() == 1
        late = inspector.post(again, {"again": persian}, follow=True)
        assert "کدی" in late.content.decode()

    def test_a_citizen_not_there_leaves_the_case_where_it_is(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        assert send(inspector, visit(it, finding="done", outcome="absent")).json()["moved"] is False
        case = stored(it)
        assert (case.stage, case.finding) == ("special_follow_up", "done")

    def test_done_and_unreachable_needs_the_attempts(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        given = visit(it, finding="done", outcome="unreachable")
        assert send(inspector, given).json()["moved"] is False
        tried = answered(qom, at=BEFORE - timedelta(days=10))
        for _ in range(3):
            tried.after(hours=25).act("unreached", call={"outcome": "no_answer"})
        page = inspector.get(reverse("desk:field_visit", kwargs={"code": tried.case.code}))
        assert 'value="unreachable"' in page.content.decode()
        given = visit(tried, finding="done", outcome="unreachable")
        assert send(inspector, given).json()["moved"] is True
        assert stored(tried).ending == "unreachable"


class TestTheSameVisitTwice:
    def test_is_told_the_same_and_stored_once(self, inspector: Client, qom: CityPolicy) -> None:
        it = doubted(qom)
        given = visit(it)
        first = send(inspector, given | {"photos": [picture()]})
        again = send(inspector, given | {"photos": [picture()]})
        assert (first.status_code, again.status_code) == (201, 409)
        assert first.json() == again.json()
        assert Inspection.objects.count() == VisitAnswer.objects.count() == 1
        assert Photo.objects.filter(kind="visit").count() == 1

    def test_a_colleague_with_the_same_number_learns_nothing(self, qom: CityPolicy) -> None:
        it = doubted(qom)
        (one, _), (two, _) = (
            at_desk("a", "special-follow-up-1"),
            at_desk("b", "special-follow-up-2"),
        )
        given = visit(it)
        send(one, given)
        answer = send(two, given)
        assert answer.status_code == 409
        assert "case" not in answer.json()

    def test_a_visit_of_a_case_that_moved_on_is_kept_and_says_so(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom)
        send(inspector, visit(it))
        late = send(inspector, visit(it))
        assert (late.status_code, late.json()["moved"]) == (201, False)
        assert Inspection.objects.count() == 2
        assert stored(it).cycle == 2


class TestHostileVisits:
    @pytest.mark.parametrize(
        "fields",
        [
            {"visit": "no-uuid"},
            {"visit": ""},
            {"finding": "perhaps"},
            {"outcome": "satisfied"},
            {"outcome": ""},
            {"findings": "ن" * 5000},
            {"statement": "x" * 100_000},
            {"code": "000000000000"},
            {"code": "' or 1=1"},
            {"photos": [SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")]},
            {"photos": [picture() for _ in range(9)]},
            {"outcome": "confirmed", "signature": SimpleUploadedFile("s.png", b"x", "image/png")},
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_stored(
        self, inspector: Client, qom: CityPolicy, fields: dict[str, Any]
    ) -> None:
        it = doubted(qom)
        answer = send(inspector, visit(it) | fields)
        assert answer.status_code == 422
        assert answer.json()["faults"]
        assert not Inspection.objects.exists()
        assert not Paper.objects.filter(kind="statement").exists()

    @pytest.mark.parametrize(
        "fields",
        [
            {"lat": "nan", "lon": "inf", "accuracy": "-1"},
            {"lat": "91", "lon": "50"},
            {"started_at": "yesterday", "saved_at": ""},
            {"started_at": "0001-01-01T00:00:00+14:00", "saved_at": "9999-12-31T23:59:59-12:00"},
            {"accuracy": "1e400"},
            {"findings": "\x00\u202e", "statement": "<b>&"},
        ],
    )
    def test_odd_places_and_times_are_left_out(
        self, inspector: Client, qom: CityPolicy, fields: dict[str, str]
    ) -> None:
        it = doubted(qom)
        assert send(inspector, visit(it) | fields).status_code == 201
        kept = Inspection.objects.get()
        assert kept.started_at <= kept.saved_at <= kept.received_at

    @pytest.mark.requirement("T11")
    def test_a_clock_that_is_ahead_puts_nothing_into_the_future(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        """What has happened cannot be later than its arrival: the running month of the public
        figures is that of the newest event."""
        it = doubted(qom)
        ahead = (timezone.now() + timedelta(days=400)).isoformat()
        given = visit(it, finding="done", outcome="confirmed", signature=picture("PNG"))
        assert send(inspector, given | {"started_at": ahead, "saved_at": ahead}).status_code == 201
        kept = Inspection.objects.get()
        assert kept.started_at == kept.saved_at == kept.received_at
        word = Event.objects.latest("id").facts["evidence"]["citizen_word"]
        assert word["at"] == int(kept.received_at.timestamp())
        assert not Event.objects.filter(happened_at__gt=timezone.now()).exists()

    def test_pages_of_no_case_are_not_found(self, inspector: Client) -> None:
        for code in ("0", "abc", "123456789012", "9" * 60):
            path = reverse("desk:field_visit", kwargs={"code": code})
            assert inspector.get(path).status_code == 404

    def test_others_see_neither_list_nor_visit(self, qom: CityPolicy) -> None:
        it = doubted(qom)
        client, _ = at_desk("civil", "d3-civil-expert")
        assert client.get(reverse("desk:field")).status_code == 403
        assert send(client, visit(it)).status_code == 403
        assert not Inspection.objects.exists()


class TestPages:
    def test_the_round_lists_what_waits_soonest_due_first(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        later = doubted(qom, at=BEFORE + timedelta(hours=9))
        sooner = doubted(qom)
        answered(qom)
        page = inspector.get(reverse("desk:field")).content.decode()
        assert page.index(sooner.case.code) < page.index(later.case.code)
        assert page.count("data-stop ") == 2

    def test_the_form_works_without_javascript(self, inspector: Client, qom: CityPolicy) -> None:
        it = doubted(qom)
        path = reverse("desk:field_visit", kwargs={"code": it.case.code})
        assert 'name="visit"' in inspector.get(path).content.decode()
        refused = inspector.post(reverse("desk:field_visits"), visit(it, finding=""))
        assert refused.status_code == 422
        assert "فقط خاک ریختند" in refused.content.decode()
        answer = inspector.post(reverse("desk:field_visits"), visit(it), follow=True)
        assert "آخرین بازدیدهای شما" in answer.content.decode()
        assert stored(it).cycle == 2

    def test_the_worker_may_keep_pages_below_its_own_address(self, inspector: Client) -> None:
        answer = inspector.get(reverse("desk:field_worker"))
        assert answer["Content-Type"].startswith("text/javascript")
        assert "no-cache" in answer["Cache-Control"]
        assert "const ASSETS = [" in answer.content.decode()

    def test_every_file_that_the_worker_keeps_exists(self) -> None:
        from django.contrib.staticfiles import finders

        from peygir.desk.follow.field import ASSETS

        missing = [name for name in ASSETS if not name.startswith("vendor/")]
        assert all(finders.find(name) for name in missing)

    def test_the_ticket_names_the_person_and_gives_a_token(self, inspector: Client) -> None:
        body = inspector.get(reverse("desk:field_ticket")).json()
        assert body["staff"] > 0
        assert len(body["token"]) >= 32

    def test_an_anonymous_reporter_can_be_sent_no_code(
        self, inspector: Client, qom: CityPolicy
    ) -> None:
        it = doubted(qom, caller=None)
        path = reverse("desk:field_code", kwargs={"code": it.case.code})
        answer = inspector.post(path, headers={"Accept": "application/json"})
        assert answer.status_code == 409
        assert not Notice.objects.filter(template="sms.otp").exists()

    def test_a_second_code_at_once_is_put_off(self, inspector: Client, qom: CityPolicy) -> None:
        path = reverse("desk:field_code", kwargs={"code": doubted(qom).case.code})
        inspector.post(path)
        assert inspector.post(path, headers={"Accept": "application/json"}).status_code == 429
