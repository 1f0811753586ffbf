"""Counting the SMS of a text, and the texts of every city."""

from pathlib import Path
from string import Formatter

import pytest

from peygir.notices import parts
from peygir.notices.words import MARK
from peygir.policy.load import load_city
from peygir.policy.rules_texts import PLACEHOLDERS

CITIES = sorted(
    p
    for p in (Path(__file__).resolve().parents[2] / "cities").iterdir()
    if (p / "policy.toml").exists()
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("آ" * 70, 1),
        ("آ" * 71, 2),
        ("آ" * 134, 2),
        ("آ" * 135, 3),
        ("a" * 70 + "آ", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),  # 134 units would fit two, but no letter is split
        ("آ" * 75, 2),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text: str, expected: int) -> None:
    assert parts.count(text) == expected


def test_a_text_that_is_too_long_is_cut_at_a_word() -> None:
    text = "سلام دنیا " * 60
    cut = parts.shortened(text, 2)
    assert parts.count(cut) == 2
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert parts.shortened("کوتاه", 2) == "کوتاه"
    assert parts.count(parts.shortened("آ" * 500, 3)) == 3


@pytest.mark.parametrize("folder", CITIES, ids=lambda p: p.name)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_sms_of_a_city_is_one_message(folder: Path, language: str) -> None:
    policy = load_city(folder)
    bodies = [w.in_(language) for w in policy.organisation.outside_bodies.values()]
    statuses = [w.in_(language) for k, w in policy.texts.items() if k.startswith("status.")]
    places = [words.in_(language) for words in policy.organisation.districts.values()]
    longest = {"body": max(bodies, key=len, default=""), "status": max(statuses, key=len)}
    longest |= {"place": max(places, key=len)}
    if language == "fa":
        longest["receipt"] = MARK + PLACEHOLDERS["receipt"]
    for key, words in policy.texts.items():
        if key.startswith("sms."):
            text = words.in_(language)
            names = {name for _, name, _, _ in Formatter().parse(text) if name}
            filled = text.format(**{n: longest.get(n) or PLACEHOLDERS[n] for n in names})
            assert parts.count(filled) == 1, f"{key}: {filled}"
