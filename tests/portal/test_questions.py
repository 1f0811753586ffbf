"""Frequent questions: read and searched by anybody, without JavaScript."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from peygir.boards import knowledge
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.house.source import ROOT

PAGE = "/help/questions/"


@pytest.mark.django_db
@pytest.mark.requirement("S24")
def test_the_same_articles_are_read_by_everybody(qom: CityPolicy) -> None:
    page = Client().get(PAGE).content.decode()
    assert all(one.title.fa in page for one in qom.articles.values())
    found = Client().get(PAGE, {"q": "قطع برق"}).content.decode()
    assert "tel:" in found or "۱۲۱" in found
    assert qom.articles["burial"].title.fa not in found
    english = Client().get(f"/en{PAGE}", {"q": "power"}).content.decode()
    assert qom.articles["power-cut"].title.en in english


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", " ", "\x00", "ژژژژ", "<script>", "ا" * 500, "&|!:*"])
def test_anything_may_be_typed(qom: CityPolicy, typed: str) -> None:
    answer = Client().get(PAGE, {"q": typed})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<h1>")[1]


def test_words_are_found_however_they_are_spelt() -> None:
    policy = load_city(ROOT / "cities" / "qom")
    for asked in ("زباله‌ها رو کی بگذاریم", "زباله ها", "آشغال"):
        codes = [one.code for one in knowledge.find(policy, asked, at=NOON)]
        assert "waste-hours" in codes, asked
    for asked in ("سگ ولگرد", "سگهای محله", "سگِ هار"):
        assert knowledge.find(policy, asked, at=NOON)[0].code == "stray-dog", asked


def test_an_article_ends_with_its_last_day() -> None:
    policy = load_city(ROOT / "cities" / "qom")
    old = replace(policy.articles["winter"], until=date(2026, 1, 1))
    policy = replace(policy, articles={"winter": old})
    assert knowledge.articles(policy, at=NOON) == []
    assert knowledge.by_code(policy, "winter", at=NOON) is None


def test_every_city_answers_something_and_its_words_are_found() -> None:
    for folder in sorted(Path(ROOT / "cities").iterdir()):
        if not (folder / "knowledge.toml").exists():
            continue
        policy = load_city(folder)
        for code, one in policy.articles.items():
            found = knowledge.find(policy, one.title.fa, at=NOON)
            assert code in [each.code for each in found], (folder.name, code)


@pytest.mark.parametrize(
    "wrong",
    ['category = "Z99"', 'outside_body = "nobody"', 'until = "soon"', 'price = "5"', "words = 3"],
)
def test_an_article_that_names_what_is_not_there_is_refused(wrong: str) -> None:
    policy = load_city(ROOT / "cities" / "qom")
    text = (
        f'[articles.a]\ntitle = {{ fa = "آ", en = "a" }}\nbody = {{ fa = "ب", en = "b" }}\n{wrong}'
    )
    with pytest.raises(PolicyError) as refused:
        load_files("qom", {**policy.files, "knowledge.toml": text})
    assert refused.value.file == "knowledge.toml"


def test_a_city_without_articles_keeps_its_digest() -> None:
    policy = load_city(ROOT / "cities" / "qom")
    files = {name: text for name, text in policy.files.items() if name != "knowledge.toml"}
    without = load_files("qom", files)
    assert not without.articles
    assert without.digest != policy.digest
    assert without.digest == load_files("qom", dict(reversed(files.items()))).digest
