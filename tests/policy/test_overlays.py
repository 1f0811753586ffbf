"""What a city prepares for a crisis or a season, and what the loader and checker refuse."""

from collections.abc import Callable
from pathlib import Path

import pytest

from peygir.policy.check import check
from peygir.policy.compare import compare
from peygir.policy.load import digest_of, load_city, load_files
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope
from peygir.policy.rules_overlays import laid_over

CITIES = Path(__file__).parents[2] / "cities"

Broken = Callable[..., CityPolicy]


@pytest.fixture(scope="module")
def isfahan() -> CityPolicy:
    return load_city(CITIES / "isfahan")


@pytest.fixture
def broken(isfahan: CityPolicy) -> Broken:
    def load(old: str, new: str) -> CityPolicy:
        text = isfahan.files["overlays.toml"]
        assert old in text
        return load_files("isfahan", {**isfahan.files, "overlays.toml": text.replace(old, new, 1)})

    return load


@pytest.mark.requirement("I13")
def test_a_crisis_says_who_switches_it_on_for_how_long_and_what_changes(
    isfahan: CityPolicy,
) -> None:
    storm = isfahan.overlays["storm"]
    assert (storm.kind, storm.by, storm.second) == ("crisis", "centre_head", "deputy")
    assert storm.short
    assert storm.pause == "weather"
    assert laid_over(isfahan, storm).classes["services"].due.text == "72h"
    assert isfahan.classes["services"].due.text == "24h"
    assert check(isfahan).is_sound


@pytest.mark.requirement("S9")
def test_a_season_is_an_overlay_of_its_own() -> None:
    nowruz = load_city(CITIES / "shiraz").overlays["nowruz"]
    assert nowruz.kind == "season"


def test_a_city_without_the_file_keeps_its_digest(qom: CityPolicy) -> None:
    assert "overlays.toml" not in qom.files
    assert qom.digest == digest_of(qom.files)
    assert not qom.overlays


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('second = "deputy"', 'second = "reception"', "is none of"),
        ('pause = "weather"', 'pause = "boredom"', "is none of"),
        ('services = "72h"', 'nothing = "72h"', "is none of"),
        ('kind = "crisis"', 'kind = "crisis"\nsurprise = 1', "unknown key"),
        ('incident = "137', 'other = "137', "is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_loader(
    broken: Broken, old: str, new: str, said: str
) -> None:
    with pytest.raises(Exception, match=said):
        broken(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('longest = "7d"', 'longest = "91d"', "longer than 90 days"),
        ('services = "72h"', 'services = "31d"', "longer than 30 days"),
        ('intro = "The city', 'intro = "شهر', "is not English"),
        ("{code} ثبت شد. فوری اول.", "{code} ثبت شد." + " و" * 40, "one SMS holds 70"),
        ("گزارش {code} جزو", "گزارش جزو", "only one language has"),
    ],
)
def test_what_would_harm_is_found_by_the_checker(
    broken: Broken, old: str, new: str, said: str
) -> None:
    assert any(said in str(one) for one in check(broken(old, new)).findings)


@pytest.mark.parametrize("role", ["centre_head", "mayor"])
def test_a_single_post_cannot_confirm_itself(broken: Broken, role: str) -> None:
    both = f'by = "{role}"\nsecond = "{role}"'
    found = check(broken('by = "centre_head"\nsecond = "deputy"', both))
    assert any("no post for it" in str(one) for one in found.findings)


def test_a_scope_holds_where_it_says() -> None:
    assert Scope().holds(None, "", "")
    assert Scope(districts=(3,)).holds(3, "", "")
    assert not Scope(districts=(3,)).holds(4, "", "")
    assert not Scope(classes=("services",)).holds(3, "", "")


def test_a_new_file_is_told_among_the_changes(isfahan: CityPolicy) -> None:
    without = {name: text for name, text in isfahan.files.items() if name != "overlays.toml"}
    assert any(one.file == "overlays.toml" for one in compare(without, isfahan.files))
    assert any(one.file == "overlays.toml" for one in compare(isfahan.files, without))


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('pause = "weather"\n', "", "overlays.storm.pause_classes", "has no meaning"),
        (
            "[overlays.storm.texts.fa.sms]\n",
            '[overlays.storm.texts.fa.sms]\nmoon = "ماه"\n',
            "overlays.storm.texts.fa.sms.moon",
            "replaces no text",
        ),
        (
            'incident = "۱۳۷: گزارش',
            'closed = "۱۳۷: گزارش',
            "overlays.storm.texts.fa.sms.incident",
            "is missing",
        ),
    ],
)
def test_an_overlay_says_nothing_that_has_no_meaning(
    broken: Broken, old: str, new: str, key: str, reason: str
) -> None:
    def load() -> CityPolicy:
        if "sms" not in old and "incident" not in old:
            return broken(old, new)
        files = dict(load_city(CITIES / "isfahan").files)
        text = files["overlays.toml"].replace(old, new, 1)
        english = new.replace("fa.sms", "en.sms").replace("ماه", "moon").split("گزارش")[0]
        if "moon" in new:
            text = text.replace("[overlays.storm.texts.en.sms]\n", english)
        else:
            text = text.replace('incident = "137', 'closed = "137')
        return load_files("isfahan", {**files, "overlays.toml": text})

    found = [str(each) for each in check(load()).findings]
    assert any(key in each and reason in each for each in found), found


def test_an_overlay_may_do_without_advice(broken: Broken, isfahan: CityPolicy) -> None:
    line = next(
        each + "\n"
        for each in isfahan.files["overlays.toml"].splitlines()
        if each.startswith("advice = ")
    )
    assert check(broken(line, "")).is_sound
