"""The tokens keep their contrast, the sheets their direction, everything its size."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "peygir" / "look" / "static" / "look"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
UI = (STATIC / "ui.css").read_text(encoding="utf-8")

ON_TINT = [
    (tone, f"{tone}-tint") for tone in ("ok", "info", "warn", "danger", "reopened", "neutral")
]
TEXTS = [
    *ON_TINT,
    *[(ink, ground) for ink in ("text", "text-2", "link") for ground in ("surface", "page")],
    *[(ink, "surface") for ink in ("ok", "danger", "warn", "brand")],
    *[(f"series-{n}", "surface") for n in range(1, 5)],
    ("on-brand", "brand"),
    ("page", "text"),  # toasts
]


def theme(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))


def blocks() -> dict[str, dict[str, str]]:
    """Colours by theme; the dark ones are said twice in the file."""
    light, rest = TOKENS.split('[data-theme="dark"] {')
    chosen, preferred = rest.split("@media (prefers-color-scheme: dark)")
    return {
        "light": theme(light),
        "dark": theme(light) | theme(chosen),
        "preferred": theme(light) | theme(preferred),
    }


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_words_can_be_read(name: str, ink: str, ground: str) -> None:
    colours = blocks()[name]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_edges_of_controls_and_the_focus_ring_can_be_seen(name: str) -> None:
    colours = blocks()[name]
    assert contrast(colours["control"], colours["surface"]) >= 3
    assert contrast(colours["focus"], colours["focus-ink"]) >= 9


def test_the_dark_theme_is_the_same_chosen_or_preferred() -> None:
    assert blocks()["dark"] == blocks()["preferred"]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_ramp_changes_at_every_step(name: str) -> None:
    steps = [luminance(blocks()[name][f"ramp-{n}"]) for n in range(1, 8)]
    assert steps == sorted(steps, reverse=name == "light")
    assert len(set(steps)) == 7


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"--([\w-]+):", TOKENS))
    assert set(re.findall(r"var\(--([\w-]+)", TOKENS + UI)) <= known


def test_sheets_know_no_left_and_right() -> None:
    physical = re.compile(
        r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom|"
        r"width|height|min-width|max-height|max-width|min-height)\s*:(?!\s*\d+rem\))|"
        r"text-align:\s*(?:left|right)|float:"
    )
    assert physical.findall(TOKENS + UI) == []


def test_persian_is_never_spaced_slanted_or_justified() -> None:
    assert not re.search(r"letter-spacing|italic|justify\s*;|text-align:\s*justify", UI)


@pytest.mark.parametrize(
    ("names", "kilobytes"),
    [(["tokens.css", "ui.css"], 12), (["app.js"], 4), (["photo.js"], 2)],
)
def test_files_stay_small(names: list[str], kilobytes: float) -> None:
    size = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)
    assert size <= kilobytes * 1024
