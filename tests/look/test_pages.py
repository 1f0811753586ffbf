"""The frame of every page, the components in it, and the pages for when something is wrong."""

import gzip
import re

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.urls("tests.look.urls")


@pytest.fixture
def guide(client: Client, settings: object) -> Client:
    settings.DEBUG = True  # type: ignore[attr-defined]  # pytest-django's own object
    return client


@pytest.mark.parametrize(
    ("path", "start"),
    [("/dev/look", '<html lang="fa" dir="rtl"'), ("/en/dev/look", '<html lang="en" dir="ltr"')],
)
def test_every_component_is_drawn_in_both_directions(guide: Client, path: str, start: str) -> None:
    answer = guide.get(path)
    assert answer.status_code == 200
    assert start in answer.content.decode()


def test_the_guide_is_not_there_in_service(client: Client) -> None:
    assert client.get("/dev/look").status_code == 404


def test_every_label_hint_and_error_is_wired(guide: Client) -> None:
    html = guide.get("/dev/look").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for wired in re.findall(r'(?:for|aria-describedby|aria-labelledby)="([^"]+)"', html):
        assert set(wired.split()) <= set(ids)
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids


def test_numbers_are_typed_left_to_right_in_any_digits(guide: Client) -> None:
    html = guide.get("/dev/look").content.decode()
    for name in ("code", "phone", "otp"):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
        assert field
        assert 'dir="ltr"' in field[0]
        assert 'inputmode="numeric"' in field[0]
    assert 'type="number"' not in html


def test_the_frame_is_small(guide: Client) -> None:
    """The guide shows everything at once; a real page is a tenth of it."""
    assert len(gzip.compress(guide.get("/dev/look").content)) < 20 * 1024


def test_the_language_switch_leads_to_the_same_page(guide: Client) -> None:
    assert 'href="/en/dev/look?a=1"' in guide.get("/dev/look?a=1").content.decode()
    assert 'href="/dev/look?a=1"' in guide.get("/en/dev/look?a=1").content.decode()


def test_a_key_is_shown_in_the_digits_of_the_reader() -> None:
    draw = '{% import "look/components.html" as ui %}{{ ui.key_hint(key) }}'
    caps = []
    with translation.override("fa"):
        for key in ("1-5", "Digit3", "F2", "Slash", "Ctrl+Enter"):
            drawn = engines["jinja2"].from_string(draw).render({"key": key})
            caps.append(re.sub("<.*?>", "", drawn).strip())
    assert caps == ["۱–۵", "۳", "F2", "/", "Ctrl+Enter"]


class TestTheme:
    def test_is_kept_without_javascript(self, guide: Client) -> None:
        answer = guide.post("/theme", {"theme": "dark", "next": "/dev/look"})
        assert answer.headers["Location"] == "/dev/look"
        assert 'data-theme="dark"' in guide.get("/dev/look").content.decode()

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
    def test_leads_nowhere_else(self, client: Client, target: str) -> None:
        assert client.post("/theme", {"theme": "dark", "next": target}).headers["Location"] == "/"

    def test_a_made_up_theme_is_not_kept(self, client: Client) -> None:
        assert "theme" not in client.post("/theme", {"theme": '"><b>'}).cookies

    def test_a_made_up_cookie_is_not_printed(self, guide: Client) -> None:
        guide.cookies["theme"] = "purple"
        assert "purple" not in guide.get("/dev/look").content.decode()


class TestErrors:
    @pytest.mark.parametrize(
        ("path", "words"), [("/nowhere", "کد رهگیری"), ("/en/nowhere", "tracking code")]
    )
    def test_a_missing_page_says_what_to_do(self, client: Client, path: str, words: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert words in answer.content.decode()

    def test_a_missing_staff_page_speaks_to_staff(self, client: Client) -> None:
        html = client.get("/desk/nowhere/").content.decode()
        assert "صفحهٔ رهگیری" not in html
        assert 'href="/desk/"' in html

    def test_the_icon_is_found_where_browsers_guess_it(self, client: Client) -> None:
        answer = client.get("/favicon.ico")
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith(".svg")

    def test_a_broken_page_speaks_both_languages_and_stands_alone(self) -> None:
        answer = Client(raise_request_exception=False).get("/broken")
        text = answer.content.decode()
        assert answer.status_code == 500
        assert "دوباره تلاش کنید" in text
        assert "try again" in text
        assert "broken on purpose" not in text

    @pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html"])
    def test_the_others_say_what_to_do_too(self, rf: object, name: str) -> None:
        from django.template.loader import render_to_string

        request = rf.get("/")  # type: ignore[attr-defined]  # pytest-django's request factory
        html = render_to_string(name, {}, request=request)
        assert html.count("<h1>") == 1
        assert "تماس" in html


def test_both_languages_are_offered() -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["fa", "en"]
