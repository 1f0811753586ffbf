"""The policy desk: a change drafted by forms or files, replayed, approved by another person."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from peygir.cases import policies
from peygir.cases.models import Draft, PolicyVersion, Rollout
from peygir.desk.drafting.figures import headline
from peygir.desk.drafting.parts import PARTS
from peygir.policy import edit
from peygir.policy.load import FILES, load_files
from peygir.policy.model import CityPolicy
from peygir.worker import rehearsals
from tests.city import NOON, Story
from tests.desk.people import signed_in, soup

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M5")]

LIST = "/desk/policy/drafts/"
ROLLOUT = "/desk/policy/rollout/"


@pytest.fixture
def drafter(qom: CityPolicy) -> Client:
    return signed_in("centre-head", fa="مریم راد")


@pytest.fixture
def mayor(qom: CityPolicy) -> Client:
    return signed_in("mayor", fa="حسن شهردار")


@pytest.fixture
def draft(drafter: Client) -> Draft:
    assert drafter.post(f"{LIST}begin/").status_code == 302
    return Draft.objects.get()


def at(draft: Draft, name: str = "draft", **more: str) -> str:
    return reverse(f"desk:{name}", kwargs={"draft_id": draft.pk, **more})


def fill(client: Client, draft: Draft, part: str, **changed: str) -> Any:
    """Send the form of a part as it is shown, with these fields filled in otherwise."""
    code = changed.get("known", "")
    assert client.get(at(draft, "draft_change", part=part), {"code": code}).status_code == 200
    given = {"version": str(Draft.objects.get(pk=draft.pk).version), "known": code}
    for group in _groups(draft, part, code):
        for one in group.fields:
            given[one.name] = one.value
            if one.kind == "span":
                given[f"{one.name}_u"] = one.unit
    names = {name.replace("__", "-"): value for name, value in changed.items()}
    return client.post(at(draft, "draft_change", part=part), given | names)


def _groups(draft: Draft, part: str, code: str) -> Any:
    files = Draft.objects.get(pk=draft.pk).files
    return PARTS[part].build(load_files("qom", files), "fa", code)


def twelve(client: Client, draft: Draft) -> None:
    assert fill(client, draft, "classes", due__services="۱۲").status_code == 302


class TestDrafting:
    def test_a_shorter_time_is_told_in_a_sentence(self, drafter: Client, draft: Draft) -> None:
        twelve(drafter, draft)
        page = soup(drafter.get(at(draft)))
        assert "مهلت ردهٔ «خدماتی» از ۲۴ ساعت به ۱۲ ساعت" in page
        assert "classes.services.due" in page
        assert "مریم راد" in page
        english = soup(drafter.get(f"/en{at(draft)}"))
        assert "class “Services”, time allowed: from 24 hours to 12 hours" in english
        draft.refresh_from_db()
        assert draft.files["policy.toml"] != draft.base.files["policy.toml"]

    def test_saving_what_is_there_changes_nothing(self, drafter: Client, draft: Draft) -> None:
        for part in ("classes", "stages", "routes", "ladders", "points"):
            assert fill(drafter, draft, part).status_code == 302
        draft.refresh_from_db()
        assert draft.version == 1
        assert draft.files == draft.base.files

    def test_every_part_can_be_changed(self, drafter: Client, draft: Draft) -> None:
        fill(drafter, draft, "stages", due__feedback="36")
        fill(drafter, draft, "routes", to__green="parks")
        fill(drafter, draft, "points", rung="3")
        fill(drafter, draft, "ladders", **{"told-ladder-1": "", "repeat-ladder": "48"})
        fill(
            drafter,
            draft,
            "subjects",
            known="W01",
            long_running="1",
            **{"class": "technical_civil"},
        )
        fill(
            drafter, draft, "subjects", code="A99", fa="سگ", en="Dog", group="animals",
            function="services", **{"class": "services"},
        )  # fmt: skip
        draft.refresh_from_db()
        made = load_files("qom", draft.files)
        assert str(made.stages["feedback"].due) == "36h"
        assert made.organisation.functions["green"] == "parks"
        assert (made.points.rung, made.points.version) == (3, 2)
        assert [t.told for t in made.ladder.thresholds if t.kind == "rung"] == [
            "district_head",
            "mayor",
        ]
        assert made.ladder.repeat == timedelta(hours=48)
        assert made.categories["W01"].long_running
        assert made.categories["A99"].words.fa == "سگ"
        assert soup(drafter.get(at(draft))).count("policy.toml") >= 4

    def test_a_subject_stops_being_long_running(self, drafter: Client, draft: Draft) -> None:
        fill(drafter, draft, "subjects", known="C02", long_running="")
        draft.refresh_from_db()
        assert not load_files("qom", draft.files).categories["C02"].long_running

    @pytest.mark.parametrize(
        ("part", "given"),
        [
            ("classes", {"due__services": "بسیار"}),
            ("classes", {"due__services_u": "y"}),
            ("classes", {"due__services": "0"}),
            ("classes", {"fa__services": ""}),
            ("points", {"breach": "-1"}),
            ("points", {"breach": "5000"}),
            ("routes", {"to__green": "nowhere"}),
            ("subjects", {"code": "W01", "fa": "x", "en": "x"}),
            ("subjects", {"code": "کد", "fa": "سگ", "en": "Dog", "group": "animals"}),
            ("subjects", {"known": "W01", "fa": "  "}),
            ("ladders", {"told-ladder-4": "mayor"}),
        ],
    )
    def test_odd_input_is_told_and_nothing_is_saved(
        self, drafter: Client, draft: Draft, part: str, given: dict[str, str]
    ) -> None:
        more = {"class": "services", "function": "services"} if part == "subjects" else {}
        answer = fill(drafter, draft, part, **{**more, **given})
        assert answer.status_code == 422
        assert 'class="errors"' in soup(answer)
        draft.refresh_from_db()
        assert draft.version == 1

    def test_a_form_that_somebody_overtook_is_refused(self, drafter: Client, draft: Draft) -> None:
        twelve(drafter, draft)
        answer = fill(drafter, draft, "points", rung="5", version="1")
        assert answer.status_code == 409
        assert "در این میان" in soup(answer)

    def test_parts_and_drafts_that_do_not_exist(self, drafter: Client, draft: Draft) -> None:
        assert drafter.get(at(draft, "draft_change", part="magic")).status_code == 404
        assert drafter.get(reverse("desk:draft", kwargs={"draft_id": 5})).status_code == 404
        assert drafter.get(f"{LIST}99999999999999999999999/").status_code == 404
        assert drafter.post(f"{LIST}begin/", {"again": "x"}).status_code == 404
        assert drafter.get(at(draft, "draft_file", file_name="x.toml")).status_code == 404


class TestWholeFiles:
    def test_a_file_is_taken_changed_and_given_back(self, drafter: Client, draft: Draft) -> None:
        taken = drafter.get(at(draft, "draft_file", file_name="policy.toml")).content.decode()
        new = taken.replace('due = "24h", fa = "خدماتی"', 'due = "20h", fa = "خدماتی"')
        answer = give(drafter, draft, "policy.toml", ("\ufeff" + new).encode())
        assert answer.status_code == 302
        assert "به ۲۰ ساعت" in soup(drafter.get(at(draft)))

    def test_faults_are_told_in_the_readers_language_with_their_key(
        self, drafter: Client, draft: Draft
    ) -> None:
        silent = draft.files["policy.toml"].replace(', { after = "72h", told = "mayor" }', "")
        assert give(drafter, draft, "policy.toml", silent.encode()).status_code == 302
        page = soup(drafter.get(at(draft)))
        assert "آخرین پله باید از آنِ شهردار باشد" in page
        assert "ladder.rungs" in page
        assert drafter.post(at(draft, "draft_propose")).status_code == 409
        assert "the last rung must be" in soup(drafter.get(f"/en{at(draft)}"))

    def test_a_file_that_cannot_be_read_is_mended_by_files_only(
        self, drafter: Client, draft: Draft
    ) -> None:
        give(drafter, draft, "policy.toml", b"x =")
        page = soup(drafter.get(at(draft)))
        assert "policy.toml خوانده نمی‌شود" in page
        answer = drafter.get(at(draft, "draft_change", part="points"))
        assert answer["Location"] == at(draft, "draft_files")
        assert drafter.post(at(draft, "draft_ask")).status_code == 409

    @pytest.mark.parametrize(
        ("name", "content"),
        [("evil.toml", b"x"), ("policy.toml", b"\xff\xfe"), ("city.toml", b"a\x00b"),
         ("city.toml", b"#" * 1_000_001)],
    )  # fmt: skip
    def test_strange_files_are_refused(
        self, drafter: Client, draft: Draft, name: str, content: bytes
    ) -> None:
        answer = give(drafter, draft, name, content)
        assert answer.status_code == 422
        assert 'class="errors"' in soup(answer)

    def test_no_file_and_a_draft_that_was_sent(self, drafter: Client, draft: Draft) -> None:
        assert drafter.post(at(draft, "draft_files")).status_code == 422
        page = soup(drafter.get(at(draft, "draft_files")))
        assert all(name in page for name in FILES)
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_propose"))
        assert give(drafter, draft, "policy.toml", b"x").status_code == 409


def give(client: Client, draft: Draft, name: str, content: bytes) -> Any:
    return client.post(at(draft, "draft_files"), {"files": SimpleUploadedFile(name, content)})


class TestReplay:
    def test_is_asked_for_shown_while_it_runs_and_then_told(
        self, drafter: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        it = Story(qom, category="W01", at=timezone.now() - timedelta(days=2))
        it.after(hours=20).report()
        twelve(drafter, draft)
        assert drafter.post(at(draft, "draft_ask"))["Location"].endswith("#replay")
        assert "hx-trigger" in soup(drafter.get(at(draft, "draft_rehearsal")))
        rehearsals.turn()
        part = soup(drafter.get(at(draft, "draft_rehearsal")))
        assert "hx-trigger" not in part
        assert "۱ مورد دیرکرد بیشتر" in part
        assert "رتبهٔ هیچ واحدی" in part or "واحد" in part
        assert "1 more late" in soup(drafter.get(f"/en{at(draft)}"))
        fill(drafter, draft, "points", rung="5")
        draft.refresh_from_db()
        assert draft.rehearsal is None

    def test_says_fewer_and_as_many(self) -> None:
        with translation.override("en"):
            assert headline({"late": [5, 2], "moved": 1}) == "3 fewer late, 1 unit changes rank"
            assert headline({"late": [5, 5], "moved": 3}) == (
                "as many late as before, 3 units change rank"
            )
            assert headline({"late": [5, 119], "moved": 3}) == "114 more late, 3 units change rank"


class TestTwoPeople:
    def test_bring_it_into_force(
        self, drafter: Client, mayor: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        twelve(drafter, draft)
        assert drafter.post(at(draft, "draft_propose")).status_code == 302
        page = soup(drafter.get(at(draft)))
        assert at(draft, "draft_approve") not in page
        assert drafter.post(at(draft, "draft_approve")).status_code == 403
        assert at(draft, "draft_approve") in soup(mayor.get(at(draft)))
        assert mayor.post(at(draft, "draft_approve")).status_code == 302
        assert policies.current().classes["services"].due.text == "12h"
        versions = soup(drafter.get("/desk/policy/"))
        assert "نسخهٔ ۲" in versions

    def test_the_mayor_only_reads_and_decides(
        self, drafter: Client, mayor: Client, draft: Draft
    ) -> None:
        assert mayor.get(at(draft)).status_code == 200
        assert mayor.post(at(draft, "draft_propose")).status_code == 403
        assert mayor.get(at(draft, "draft_change", part="points")).status_code == 403
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_propose"))
        assert mayor.post(at(draft, "draft_refuse")).status_code == 302
        assert "حسن شهردار" in soup(drafter.get(at(draft)))
        draft.refresh_from_db()
        assert draft.state == "refused"

    def test_take_back_and_give_up(self, drafter: Client, draft: Draft) -> None:
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_propose"))
        drafter.post(at(draft, "draft_take_back"))
        drafter.post(at(draft, "draft_withdraw"))
        draft.refresh_from_db()
        assert draft.state == "withdrawn"
        assert drafter.get(LIST).status_code == 200

    def test_a_draft_of_yesterdays_policy_is_told_so(
        self, drafter: Client, mayor: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_propose"))
        other = edit.again(qom.files, "x")
        policies.adopt_files("qom", other, actor=policies.SYSTEM, at=NOON)
        assert "نسخهٔ دیگری" in soup(mayor.get(at(draft)))
        answer = mayor.post(at(draft, "draft_approve"))
        assert answer.status_code == 409
        assert "نسخهٔ دیگری" in soup(answer)

    def test_a_revert_is_begun_with_one_click(
        self, drafter: Client, mayor: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_propose"))
        mayor.post(at(draft, "draft_approve"))
        assert qom.digest in soup(drafter.get("/desk/policy/"))
        drafter.post(f"{LIST}begin/", {"again": qom.digest})
        back = Draft.objects.exclude(pk=draft.pk).get()
        assert "از ۱۲ ساعت به ۲۴ ساعت" in soup(drafter.get(at(back)))
        drafter.post(at(back, "draft_propose"))
        mayor.post(at(back, "draft_approve"))
        assert policies.current().classes["services"].due.text == "24h"
        assert PolicyVersion.objects.count() == 3


class TestWhen:
    def test_on_a_day_at_once_or_unit_by_unit(self, drafter: Client, draft: Draft) -> None:
        plan = at(draft, "draft_plan")
        assert drafter.post(plan, {"how": "day", "day": "۱۴۹۰/۱/۵"}).status_code == 302
        draft.refresh_from_db()
        assert draft.valid_from is not None
        assert "۱۴۹۰" in soup(drafter.get(at(draft)))
        assert drafter.post(plan, {"how": "units", "unit-d3": "1490/01/05"}).status_code == 302
        draft.refresh_from_db()
        assert [each["unit"] for each in draft.rollout] == ["d3"]
        assert drafter.post(plan, {"how": "now"}).status_code == 302
        draft.refresh_from_db()
        assert (draft.valid_from, draft.rollout) == (None, [])

    @pytest.mark.parametrize(
        "given",
        [{"how": "day", "day": "فردا"}, {"how": "units"}, {"how": "units", "unit-d3": "x"}],
    )
    def test_days_that_are_none(self, drafter: Client, draft: Draft, given: dict[str, str]) -> None:
        assert drafter.post(at(draft, "draft_plan"), given).status_code == 422

    def test_a_planned_day_is_shown_once_it_is_sent(
        self, drafter: Client, mayor: Client, draft: Draft
    ) -> None:
        twelve(drafter, draft)
        drafter.post(at(draft, "draft_plan"), {"how": "day", "day": "1490/01/05"})
        drafter.post(at(draft, "draft_propose"))
        assert "۱۴۹۰" in soup(mayor.get(at(draft)))
        mayor.post(at(draft, "draft_approve"))
        assert policies.current().classes["services"].due.text == "24h"
        assert "۱۴۹۰" in soup(mayor.get("/desk/policy/"))

    def test_what_cannot_be_adopted_says_why(
        self, drafter: Client, mayor: Client, draft: Draft
    ) -> None:
        renamed = draft.files["organisation.toml"].replace('"واحد دریافت"', '"واحد پذیرش"')
        give(drafter, draft, "organisation.toml", renamed.encode())
        drafter.post(at(draft, "draft_plan"), {"how": "units", "unit-d3": "1490/01/05"})
        drafter.post(at(draft, "draft_propose"))
        answer = mayor.post(at(draft, "draft_approve"))
        assert answer.status_code == 422
        assert "واحد به واحد" in soup(answer)


@pytest.mark.requirement("M11", "M3")
class TestRollout:
    def staged(self, drafter: Client, mayor: Client, draft: Draft) -> PolicyVersion:
        twelve(drafter, draft)
        drafter.post(
            at(draft, "draft_plan"),
            {"how": "units", "unit-d3": "1405/08/01", "unit-d5": "1490/01/05"},
        )
        drafter.post(at(draft, "draft_propose"))
        assert mayor.post(at(draft, "draft_approve")).status_code == 302
        return PolicyVersion.objects.get(staged=True)

    def test_without_one_the_page_says_so(self, drafter: Client) -> None:
        assert "هیچ نسخه‌ای" in soup(drafter.get(ROLLOUT))

    def test_shows_where_it_is_where_next_and_both_flows(
        self, drafter: Client, mayor: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        version = self.staged(drafter, mayor, draft)
        now = version.adopted_at + timedelta(seconds=1)
        for district in (3, 3, 2):
            Story(qom, category="W01", district=district, at=now)
        page = soup(signed_in("d3-civil-expert").get(ROLLOUT))
        assert "۱۴۹۰" in page
        assert "۲ پیام باز" in page
        assert "۱ پیام باز" in page
        assert page.count("<svg") >= 2

    def test_the_mayor_gives_further_units_their_day(
        self, drafter: Client, mayor: Client, draft: Draft, qom: CityPolicy
    ) -> None:
        assert mayor.post(f"{ROLLOUT}extend/", {"unit": "d7"}).status_code == 302
        self.staged(drafter, mayor, draft)
        extend = f"{ROLLOUT}extend/"
        assert mayor.post(extend, {"unit": "d7", "day": "x"}).status_code == 422
        assert mayor.post(extend, {"unit": "d99", "day": "1490/01/05"}).status_code == 422
        assert mayor.post(extend, {"unit": "d7", "day": "1490/02/05"}).status_code == 302
        assert Rollout.objects.filter(unit="d7").exists()
        assert mayor.post(extend, {"unit": "", "day": "1405/01/05"}).status_code == 302
        assert policies.settle(at=Rollout.objects.get(unit="").since) == 1
        assert policies.current().classes["services"].due.text == "12h"
        page = soup(mayor.get(ROLLOUT))
        assert "همه‌جا" in page
