"""Where one official answers by name (M2): what citizens read and are asked, what managers do."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from peygir.cases import acts, policies, words
from peygir.ledger.entry import SYSTEM
from peygir.people import organisation
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE, Story, hire
from tests.fixtures import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M2")]

REASONS, TOLD = "کابل قطع شده بود", "چراغ‌ها از امشب روشن است"


@pytest.fixture(autouse=True)
def _at_noon(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def mashhad(db: None) -> CityPolicy:
    policies.adopt(ROOT / "cities" / "mashhad", actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    return policies.current()


@pytest.fixture
def story(mashhad: CityPolicy) -> Story:
    hire("manager", "d3-civil-head", fa="نرگس عطار")
    hire("expert", "d3-civil-expert", fa="علی قوچانی")
    return Story(mashhad)


def person(username: str) -> Any:
    from peygir.people.models import Staff

    return organisation.actor_of(Staff.objects.get(username=username), at=NOON)


def at_desk(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password="a-long-password-137")
    return client


def citizens_page(story: Story) -> str:
    client = Client()
    client.post(f"/t/{story.case.code}/open/", {"last4": PHONE[-4:]})
    return str(client.get(f"/t/{story.case.code}").content.decode())


def test_the_citizen_reads_who_answered_and_what_was_meant_for_them(story: Story) -> None:
    story.act("answer", person("manager"), answer_text=REASONS, report_to_citizen=TOLD)
    page = citizens_page(story)
    asked = page[page.index('id="answer"') : page.index("</section>")]
    assert "آیا این پاسخ را می‌پذیرید؟" in asked
    assert "پاسخ نرگس عطار، مدیر فنی و عمران منطقهٔ ۳:" in asked
    assert TOLD in asked
    assert REASONS not in asked  # it stands in the story below
    assert "درست شد" not in page
    assert "در انتظار نظر شهروند" in page
    assert "اکنون نزد" not in page  # nobody has it but the citizen


def test_the_official_is_named_while_the_case_waits_and_colleagues_are_not(story: Story) -> None:
    page = citizens_page(story)
    assert "ثبت شد و به مدیر فنی و عمران منطقهٔ ۳ ارجاع شد" in page
    assert "نرگس عطار" not in page  # only whoever has answered
    drafted = story.act("answer", person("expert"), answer_text=REASONS, report_to_citizen=TOLD)
    assert drafted.proposed
    acts.approve(policy=story.policy, case_id=story.case.id, actor=person("manager"), at=NOON)
    page = citizens_page(story)
    assert "نرگس عطار" in page
    assert "علی قوچانی" not in page


def test_an_objection_says_where_it_goes(story: Story) -> None:
    story.act("answer", person("manager"), answer_text=REASONS, report_to_citizen=TOLD)
    client = Client()
    client.post(f"/t/{story.case.code}/open/", {"last4": PHONE[-4:]})
    page = client.get(f"/t/{story.case.code}/answer/").content.decode()
    assert "اعتراض شما به مافوق پاسخ‌دهنده می‌رود." in page
    sent = client.post(f"/t/{story.case.code}/answer/", {"answer": "no", "reason": "beside"})
    assert sent.status_code == 302
    said = Paper.objects.get(case_id=story.case.id, kind="objection_reason").text
    assert said == "پاسخ ربطی به درخواست من ندارد"


def test_one_text_is_enough_for_an_answer(story: Story) -> None:
    client, code = at_desk("manager"), story.case.code
    page = client.get(f"/desk/cases/{code}/").content.decode()
    assert "خالی بماند: همان پاسخ بالا به شهروند گفته می‌شود." in page
    assert "اگر بی‌پاسخ بماند به شهردار منطقهٔ ۳ می‌رود" in page
    version = page.split('name="version" value="')[1].split('"')[0]
    given = {"version": version, "answer-answer_text": TOLD}
    assert client.post(f"/desk/cases/{code}/steps/answer/", given).status_code == 302
    told = Paper.objects.filter(case_id=story.case.id, text=TOLD).values_list("kind", flat=True)
    assert set(told) == {"answer_text", "report_to_citizen"}
    lines = words.timeline(story.case.id, story.policy, "fa", "citizen")
    assert lines[-1].text == TOLD  # said once


def test_the_draft_stands_in_the_managers_form(story: Story) -> None:
    story.act("answer", person("expert"), answer_text=REASONS, report_to_citizen=TOLD)
    page = at_desk("manager").get(f"/desk/cases/{story.case.code}/").content.decode()
    form = page[page.index('id="step-answer"') :]
    form = form[: form.index("</form>")]
    assert REASONS in form
    assert TOLD in form
    own = at_desk("expert").get(f"/desk/cases/{story.case.code}/").content.decode()
    form = own[own.index('id="step-answer"') :]
    assert TOLD not in form[: form.index("</form>")]


def test_an_answered_case_is_not_the_managers_to_answer(story: Story) -> None:
    client = at_desk("manager")
    assert "پاسخ با شماست" in client.get("/desk/inbox/").content.decode()
    story.act("answer", person("manager"), answer_text=REASONS, report_to_citizen=TOLD)
    for path in ("/desk/inbox/", f"/desk/cases/{story.case.code}/"):
        page = client.get(path).content.decode()
        assert story.case.code[:6] in page.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
        assert "پاسخ با شماست" not in page
        assert "نفر بعدی که خبردار می‌شود: مدیر فنی" not in page


def test_a_head_sees_first_what_no_nearer_head_decides(story: Story) -> None:
    hire("boss", "d3-mayor", fa="ریحانه جعفری")
    story.act("answer", person("expert"), answer_text=REASONS, report_to_citizen=TOLD)
    near = at_desk("manager").get("/desk/head/").content.decode()
    assert "در انتظار تصمیم شما (۱)" in near
    above = at_desk("boss").get("/desk/head/").content.decode()
    assert "در انتظار تصمیم شما (۰)" in above
    assert "در واحدهای پایین‌تر، که رئیس خودشان تصمیم می‌گیرد: ۱" in above


def test_a_manager_finds_where_to_name_a_substitute(story: Story) -> None:
    page = at_desk("manager").get("/desk/account/").content.decode()
    assert "مرخصی و جانشینی" in page
    assert "/desk/organisation/posts/d3-civil-head/" in page
    post = at_desk("manager").get("/desk/organisation/posts/d3-civil-head/").content.decode()
    assert "تعیین جانشین</button>" in " ".join(post.split())


def test_whoever_asks_citizens_starts_where_answers_are_judged(mashhad: CityPolicy) -> None:
    hire("survey", "quality-1")
    assert at_desk("survey").get("/desk/").headers["Location"].endswith("/desk/quality/")
