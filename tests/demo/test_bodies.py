"""Whom simulated people hand a case over to, and whom they write to: a body that fits."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as configured

from peygir.calendars.persian import search_key
from peygir.cases.state import CaseState
from peygir.demo import bodies, cast, texts
from peygir.demo.town import Town
from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from tests.city import reported

CITIES = Path(configured.BASE_DIR) / "cities"
WITH_TABLE = sorted(
    path.parent.name
    for path in CITIES.glob("*/demo.toml")
    if "\n[bodies]\n" in path.read_text("utf-8")
)


def town_of(policy: CityPolicy) -> Town:
    words = texts.load(CITIES / policy.name, policy)
    return Town(policy, words, cast.Cast(policy), Random(5))


def told(town: Town, category: str, words: str, **given: Any) -> CaseState:
    return reported(town.policy, category=category, words=words, **given).case


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("فشار آب خونه‌های خیابان کاوه خیلی کم شده", "water"),
        ("تیر برق کنار نانوایی در خیابان کاوه خاموش است", "power"),
        ("علمک گاز کج شده است", "gas"),
        ("درپوش حوضچهٔ مخابرات شکسته", "telecom"),
    ],
)
def test_a_case_is_handed_to_the_body_that_its_citizen_means(
    isfahan: CityPolicy, words: str, body: str
) -> None:
    town = town_of(isfahan)
    assert {bodies.choose(town, told(town, "N01", words)) for _ in range(4)} == {body}


@pytest.mark.django_db
def test_a_street_vendor_is_nothing_for_the_power_company(isfahan: CityPolicy) -> None:
    town = town_of(isfahan)
    vendor = told(town, "O01", "دست‌فروش‌ها پیاده‌روی خیابان کاوه را گرفته‌اند")
    assert bodies.choose(town, vendor, by="letter") == "trades"
    only = town.texts.bodies["N01"]
    bare = replace(town, texts=replace(town.texts, bodies={"N01": only}))
    assert bodies.any_fits(town, vendor)
    assert not bodies.any_fits(bare, vendor)


@pytest.mark.django_db
def test_a_city_without_the_table_goes_by_the_names_of_its_bodies(isfahan: CityPolicy) -> None:
    town = town_of(isfahan)
    plain = replace(town, texts=replace(town.texts, bodies={}))
    state = told(town, "U05", "بوی گاز می‌آید")
    assert bodies.choose(plain, state) == "gas"
    state = told(town, "U05", "دیوار ترک خورده")
    assert bodies.choose(plain, state) in isfahan.organisation.outside_bodies


@pytest.mark.parametrize("name", WITH_TABLE)
def test_whatever_is_not_municipal_has_a_body_and_the_demo_says_its_words(name: str) -> None:
    policy = load_city(CITIES / name)
    words = texts.load(CITIES / name, policy)
    outside = [c for c in policy.categories.values() if c.function == "outside"]
    assert outside
    for category in outside:
        table = words.body_words(policy, category.code)
        assert table, category.code
        if len(table) > 1:  # every message tells which
            known = [search_key(word) for own in table.values() for word in own]
            for said in words.says[category.code]:
                spoken = f" {search_key(said)} "
                assert any(f" {word} " in spoken for word in known), said


def test_a_table_that_names_nobody_known_is_refused(tmp_path: Path) -> None:
    policy = load_city(CITIES / "qom")
    for wrong in ("X99 = { power = [] }", "N01 = { nobody = [] }"):
        text = (CITIES / "qom" / "demo.toml").read_text("utf-8")
        made = "\n".join(
            wrong if line.startswith("N01 = { power") else line for line in text.splitlines()
        )
        (tmp_path / "demo.toml").write_text(made, "utf-8")
        with pytest.raises(texts.NoTexts, match=r"bodies names unknown (X99|nobody)"):
            texts.load(tmp_path, policy)
