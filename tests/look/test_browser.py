"""What the two scripts do in a real browser; the pages come from the test client."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image

pytestmark = [pytest.mark.journey, pytest.mark.urls("tests.look.urls")]

HERE = "http://localhost"
STATIC = Path(django_settings.BASE_DIR) / "peygir" / "look" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FORM = """<form data-draft="report"><input name="n" data-digits><textarea name="t"></textarea>
<input id="a" data-key="F8"><button type="button" data-key="Ctrl+Enter">x</button></form>"""

WATCH = """document.addEventListener('photo-ready',
    () => { document.body.className = 'ready' })"""


@pytest.fixture
def opened(page: Any, client: Client, settings: Any) -> Any:
    """The guide in a browser, with this room's own files and nothing else."""
    settings.DEBUG = True

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(HERE)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = TYPES.get(file.suffix, "application/octet-stream")
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            got = client.get(path)
            route.fulfill(status=got.status_code, body=got.content, headers=dict(got.headers))

    page.route("**/*", answer)
    page.goto(f"{HERE}/dev/look")
    return page


def put(page: Any, html: str) -> None:
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html }", html)


def test_the_lights_go_on_and_off_and_stay(opened: Any) -> None:
    toggle = opened.locator("[data-theme-toggle] button")
    toggle.click()
    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"
    opened.reload()
    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"


def test_three_digit_sets_are_sent_as_one(opened: Any) -> None:
    put(opened, FORM)
    opened.fill("[name=n]", "۰۱٢3")
    sent = "new FormData(document.querySelector('main form')).get('n')"
    assert opened.evaluate(sent) == "0123"
    assert opened.input_value("[name=n]") == "۰۱٢3"  # the person's own view does not change


def test_function_keys_and_chords_work_inside_inputs(opened: Any) -> None:
    put(opened, FORM)
    opened.evaluate(
        "() => { document.querySelector('main button').onclick = () => { window.done = true } }"
    )
    opened.focus("[name=t]")
    opened.keyboard.press("F8")
    assert opened.evaluate("document.activeElement.id") == "a"
    opened.keyboard.press("Control+Enter")
    assert opened.evaluate("window.done") is True


def test_single_keys_go_by_their_place_and_not_while_typing(opened: Any) -> None:
    put(opened, '<input id="f"><button data-key="KeyR" type="button">r</button>')
    opened.evaluate(
        """() => {
            window.n = 0;
            document.querySelector('main button').onclick = () => { window.n += 1 };
        }"""
    )
    press = """(target) => document.querySelector(target).dispatchEvent(
        new KeyboardEvent('keydown', {code: 'KeyR', key: 'ق', bubbles: true}))"""
    opened.evaluate(press, "main")
    opened.evaluate(press, "#f")
    assert opened.evaluate("window.n") == 1


def test_the_key_of_an_open_part_leads_into_it(opened: Any) -> None:
    put(
        opened,
        '<details open><summary data-key="KeyE">e</summary><textarea id="t"></textarea></details>',
    )
    opened.keyboard.press("KeyE")
    assert opened.evaluate("document.querySelector('main details').open")
    assert opened.evaluate("document.activeElement.id") == "t"


def test_a_draft_survives_a_reload_until_it_is_done(opened: Any) -> None:
    put(opened, FORM)
    opened.fill("[name=t]", "چراغ خاموش است")
    settle = "document.dispatchEvent(new CustomEvent('htmx:afterSettle', {bubbles: true}))"
    opened.reload()
    put(opened, FORM)
    opened.evaluate(settle)
    assert opened.input_value("[name=t]") == "چراغ خاموش است"
    put(opened, '<p data-draft-done="report"></p>')
    opened.evaluate(settle)
    assert opened.evaluate("localStorage.getItem('draft:report')") is None


def test_a_toast_says_what_was_done_and_can_be_undone(opened: Any) -> None:
    opened.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'ارجاع شد', undo: '/u'}}))"
    )
    toast = opened.locator("#toasts .toast")
    assert "ارجاع شد" in toast.inner_text()
    assert toast.locator("button").inner_text() == "برگرداندن"


def test_the_caption_of_a_wide_table_stays_within_the_screen(opened: Any) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    heads = "".join(f"<th>ستون بلند {n}</th>" for n in range(9))
    words = "منطقه‌ها و سازمان‌ها در یک جدول، بر پایهٔ نخستین سخن شهروندان پس از نتیجه"
    put(
        opened,
        f'<div class="table-wrap"><table><caption>{words}</caption>'
        f"<thead><tr>{heads}</tr></thead></table></div>",
    )
    assert opened.evaluate("document.querySelector('main th:last-child').offsetLeft < 0")
    box = opened.locator("main caption").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def photo() -> bytes:
    """A picture of 3000 points whose EXIF says 34.64 north, 50.88 east."""
    picture = Image.effect_noise((3000, 2000), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (34.0, 38.0, 24.0), 3: "E", 4: (50.0, 52.0, 48.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def test_a_photo_is_shrunk_after_its_place_was_read(opened: Any) -> None:
    original = photo()
    opened.evaluate(WATCH)
    opened.set_input_files(
        "#id_photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": original}
    )
    opened.wait_for_selector("body.ready")
    size = opened.evaluate("document.querySelector('#id_photos').files[0].size")
    assert size < len(original) / 3
    widths = """createImageBitmap(document.querySelector('#id_photos').files[0])
        .then((b) => [b.width, b.height])"""
    assert opened.evaluate(widths) == [1280, 853]
    assert opened.input_value("[name=photo_lat]") == "34.640000"
    assert opened.input_value("[name=photo_lon]") == "50.880000"
    assert opened.locator("#photos-list img").count() == 1


def test_what_is_no_photo_is_sent_as_it_is(opened: Any) -> None:
    opened.evaluate(WATCH)
    broken = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe1broken"}
    opened.set_input_files("#id_photos", broken)
    opened.wait_for_selector("body.ready")
    assert opened.evaluate("document.querySelector('#id_photos').files[0].size") == 10
    assert opened.input_value("[name=photo_lat]") == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/dev/look", "/en/dev/look"])
@pytest.mark.parametrize("width", [360, 1366])
def test_no_component_breaks_a_rule_of_access(
    opened: Any, width: int, path: str, theme: str
) -> None:
    opened.set_viewport_size({"width": width, "height": 768})
    opened.emulate_media(color_scheme=theme)
    opened.goto(f"{HERE}{path}")
    opened.add_script_tag(url="/static/vendor/axe.min.js")
    found = opened.evaluate("axe.run()")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
