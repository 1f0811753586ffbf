"""Each kind of event and its leaf: golden lines of every city's scenarios; what never gets out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.cases import acts, policies, sweep
from peygir.cases.models import Case
from peygir.cases.policies import Start
from peygir.evaluation import appeals
from peygir.evaluation.models import Point
from peygir.ledger import read
from peygir.ledger.entry import CITIZEN, SYSTEM
from peygir.ledger.models import Event
from peygir.people import erasing
from peygir.people.models import CaseKey, Paper
from peygir.policy.model import CityPolicy
from peygir.publication import shape, vocabulary
from peygir.publication.commit import AUDITOR, PRIVATE, nonce, opens
from peygir.verify.canonical import encode, parse
from tests.city import NOON, Story, filling, reported
from tests.fixtures import ROOT
from tests.publication import told
from tests.scenarios.player import Player, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log_dir")]

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(ROOT.glob("cities/*/scenarios/*.toml"))


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def played(path: Path) -> list[dict[str, Any]]:
    """The leaves of one scenario, the rule set's first."""
    policy, _ = policies.adopt(path.parent.parent, actor=SYSTEM, at=NOON)
    before = Event.objects.order_by("-id").values_list("id", flat=True).first()
    Player(policy, load(path)).play()
    rows = Event.objects.filter(id__gt=before).order_by("id")
    return told.bodies(list(read.values(rows)))


class TestEveryScenario:
    @pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in FILES])
    def test_becomes_these_leaves(self, path: Path, request: pytest.FixtureRequest) -> None:
        found = played(path)
        start = next(leaf["et"] for leaf in found if "et" in leaf) if _has_time(found) else 0
        lines = [told.line(leaf, start) for leaf in found]
        golden = GOLDEN / f"{name_of(path)}.txt"
        if not golden.exists():  # a new scenario: look at the file before you add it
            golden.parent.mkdir(exist_ok=True)
            golden.write_text("\n".join(lines) + "\n", "utf-8")
            pytest.fail(f"{golden.name} was written: look at it")
        assert lines == golden.read_text("utf-8").splitlines()

    def test_together_they_show_every_type_of_leaf(self) -> None:
        text = "".join(path.read_text("utf-8") for path in GOLDEN.glob("*.txt"))
        shown = {line.split()[0] for line in text.splitlines()}
        elsewhere = {"case.recategorised", "case.confirmed", "case.paused", "case.resumed"}
        elsewhere |= {"erasure.done", "case.checked"}
        assert shown >= set(shape.NEEDED) - elsewhere


def _has_time(found: list[dict[str, Any]]) -> bool:
    return any("et" in leaf for leaf in found)


class TestWhatNoScenarioPlays:
    def test_a_pause_and_what_follows_it(self, qom: CityPolicy) -> None:
        story = Story(qom)
        head = filling(qom, "centre-head")
        given: dict[str, Any] = {"policy": qom, "case_id": story.case.id, "actor": head}
        until = NOON + timedelta(hours=30)
        acts.pause(**given, at=NOON + timedelta(hours=1), reason="weather", until=until)
        acts.resume(policy=qom, case_id=story.case.id, at=until)
        start = int(NOON.timestamp())
        lines = [told.line(leaf, start) for leaf in told.bodies() if leaf.get("n")]
        assert lines == [
            "case.paused case=* clk=1 et=+1:00 n=1 prev=* until=+30:00 why=weather work=true",
            "case.resumed case=* clk=1 due=+77:00 et=+30:00 n=2 prev=* work=true",
        ]

    def test_another_subject(self, qom: CityPolicy) -> None:
        story = Story(qom)
        story.after(hours=2).act("reclassify", by=filling(qom, "centre-head"), category="W01")
        assert told.line(told.bodies()[-1], int(NOON.timestamp())) == (
            "case.recategorised ca=* case=* cls=services due=+24:00 et=+2:00 from=d3-civil"
            " grp=waste n=1 prev=* sla=86400 to=d3-services"
        )

    @pytest.mark.requirement("S26")
    def test_what_was_found_of_a_drawn_claim_and_that_it_was_put_right(
        self, qom: CityPolicy
    ) -> None:
        story = Story(qom).after(hours=1)
        story.report()
        given: dict[str, Any] = {"policy": qom, "case_id": story.case.id, "cycle": 1, "way": "risk"}
        given |= {"actor": filling(qom, "special-follow-up-1"), "at": NOON + timedelta(hours=9)}
        acts.check_claim(**given, found="false", inspection=417)
        acts.check_claim(**given, found="held")
        start = int(NOON.timestamp())
        said = "by=risk case=* claim={} cyc=1 et=+9:00 {}n={} prev=* unit=d3-civil"
        assert [told.line(leaf, start) for leaf in told.bodies()[-2:]] == [
            "case.checked " + said.format("false", "", 2),
            "case.checked " + said.format("held", "fix=true ", 3),
        ]

    def test_an_objection_that_makes_up_for_a_point(self, qom: CityPolicy) -> None:
        story = Story(qom, category="W01")
        late = NOON + timedelta(hours=25)
        sweep.drain(at=late)
        point = Point.objects.get()
        head = filling(qom, qom.organisation.head_of(story.case.unit) or "")
        filed = appeals.file(
            policy=qom, point_id=point.pk, actor=head, at=late, reason="برف سنگین باریده بود"
        )
        judge = filling(qom, "centre-head")
        given: dict[str, Any] = {
            "policy": qom,
            "actor": judge,
            "at": late,
            "accept": True,
            "answer": "وارد است",
        }
        appeals.decide(appeal_id=filed.pk, **given)
        found = told.bodies()
        reversal = found[-1]
        overdue = found[reversal["ref"]]
        assert (overdue["t"], overdue["clk"], overdue["pts"]) == ("case.overdue", 1, -1)
        assert reversal == {
            "t": "points.reversed",
            "v": 1,
            "et": int(late.timestamp()),
            "pts": 1,
            "ref": found.index(overdue),
            "unit": story.case.unit,
        }

        later = Event.objects.filter(kind__startswith="appeal").order_by("id")
        assert told.bodies(list(read.values(later))) == []  # of a point that the log never had

    def test_a_version_that_takes_force_unit_by_unit(self, qom: CityPolicy) -> None:
        files = dict(qom.files)
        files["policy.toml"] = files["policy.toml"].replace('due = "72h"', 'due = "70h"', 1)
        unit = next(u for u in qom.organisation.units if u != "mayor")
        start = Start(at=NOON, units={unit: NOON + timedelta(days=1)})
        policies.adopt_files("qom", files, actor=SYSTEM, at=NOON, start=start)
        leaf = next(leaf for leaf in told.bodies() if "units" in leaf)
        assert leaf["t"] == "ruleset.published"
        assert leaf["units"] == [[unit, int((NOON + timedelta(days=1)).timestamp())]]

    def test_notes_proposals_and_readers_leave_nothing(self, qom: CityPolicy) -> None:
        story = Story(qom)
        given: dict[str, Any] = {"policy": qom, "case_id": story.case.id, "at": NOON}
        acts.note(**given, actor=story.holder(), text="به آقای احمدی زنگ زدم")
        acts.join(**given, actor=CITIZEN, channel="web")
        assert [leaf["t"] for leaf in told.bodies() if "case" in leaf] == ["case.registered"]

    def test_a_case_older_than_the_log_is_not_in_it(self, qom: CityPolicy) -> None:
        story = Story(qom)
        first = Event.objects.get(kind="case.registered").id
        story.after(hours=1).report()
        later = list(read.values(Event.objects.filter(id__gt=first).order_by("id")))
        assert told.bodies(later) == []

    def test_another_system_is_no_name(self, qom: CityPolicy) -> None:
        reported(qom, channel="taxi-company")
        assert told.bodies()[-1]["ch"] == "system"

    def test_the_rules_come_before_the_first_case_under_them(self, qom: CityPolicy) -> None:
        registered = Event.objects.filter(kind="policy.adopted").order_by("-id").first()
        assert registered is not None
        reported(qom)
        later = list(read.values(Event.objects.filter(id__gt=registered.id).order_by("id")))
        found = told.bodies(later)
        assert [leaf["t"] for leaf in found] == ["ruleset.published", "case.registered"]
        assert found[0]["digest"] == found[1]["rules"] == qom.digest


class TestBlindedValues:
    def test_equal_words_do_not_look_equal(self, qom: CityPolicy) -> None:
        reported(qom, caller=None)
        reported(qom, caller=None)
        one, two = (leaf for leaf in told.bodies() if leaf["t"] == "case.registered")
        assert one["c"] != two["c"]
        assert one["ca"] != two["ca"]
        assert one["case"] != two["case"]

    def test_the_keys_holder_opens_them_and_nobody_else(self, qom: CityPolicy) -> None:
        case = reported(qom, lat_e6=34_640_111, lon_e6=50_880_999).case
        leaf = told.bodies()[-1]
        key = bytes(CaseKey.objects.get(case_id=case.id).key)
        event = Event.objects.get(kind="case.registered")
        papers_hex = bytes(event.papers or b"").hex()
        private = {"papers": papers_hex, "code": case.code}
        exact = {"category": "C01", "district": 3, "lat_e3": 34_640, "lon_e3": 50_881}
        assert opens(leaf["c"], nonce(key, 0, PRIVATE), private)
        assert opens(leaf["ca"], nonce(key, 0, AUDITOR), exact)
        assert not opens(leaf["ca"], nonce(key, 0, AUDITOR), exact | {"district": 4})
        assert not opens(leaf["ca"], nonce(key, 0, PRIVATE), exact)
        assert not opens(leaf["c"], nonce(b"x" * 32, 0, PRIVATE), private)

    def test_erased_words_leave_a_leaf_that_opens_to_nothing(self, qom: CityPolicy) -> None:
        story = Story(qom)
        key = bytes(CaseKey.objects.get(case_id=story.case.id).key)
        erasing.erase(story.case.id, at=NOON)
        erasing.erase(story.case.id, at=NOON)
        story.after(hours=1).report()
        first, erasure, last = (leaf for leaf in told.bodies() if "case" in leaf)
        assert [first["t"], erasure["t"], last["t"]] == [
            "case.registered", "erasure.done", "case.work_done",
        ]  # fmt: skip
        assert first["case"] == erasure["case"] == last["case"]
        event = Event.objects.get(kind="case.registered")
        private = {"papers": bytes(event.papers or b"").hex(), "code": story.case.code}
        assert not opens(first["c"], nonce(key, 0, PRIVATE), private)
        assert "c" not in last
        assert told.bodies() == told.bodies()


class TestASealedCase:
    def leaves(self) -> list[dict[str, Any]]:
        path = ROOT / "cities" / "tehran" / "scenarios" / "complaint-official.toml"
        found = played(path)
        return [leaf for leaf in found if "case" in leaf]

    @pytest.mark.requirement("T7")
    def test_shows_that_it_is_there_and_nothing_else(self) -> None:
        found = self.leaves()
        assert found
        assert Case.objects.get().sealed
        for leaf in found:
            assert leaf.keys() == {"t", "v", "case", "n", "prev", "c", "ca"}
            assert leaf["t"] in ("case.registered", "case.stepped", "case.closed")

    def test_opens_to_what_an_open_leaf_would_have_said(self) -> None:
        first = self.leaves()[0]
        case = Case.objects.get()
        key = bytes(CaseKey.objects.get(case_id=case.pk).key)
        event = Event.objects.get(kind="case.registered")
        clock = event.facts["opens"][0]["clock"]
        plain = {
            "t": "case.registered",
            "ch": case.channel,
            "kind": case.kind,
            "unit": event.unit,
            "rules": event.policy,
            "due": clock["due"],
            "sla": clock["due"] - int(event.happened_at.timestamp()),
            "et": int(event.happened_at.timestamp()),
        }
        post = event.facts["case"].get("post")
        assert opens(first["ca"], nonce(key, 0, AUDITOR), plain | ({"post": post} if post else {}))


PLANTED = ("مریم رضایی", "خیابان گلستان", "+989123456789", "09123456789", "maryam", "گلایه")


class TestNothingPersonalIsPublic:
    """Names, numbers and addresses are planted wherever somebody may write; every byte is read."""

    @pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in FILES])
    def test_in_any_citys_log(self, path: Path, log_dir: Path) -> None:
        policy, _ = policies.adopt(path.parent.parent, actor=SYSTEM, at=NOON)
        Player(policy, _planted(path)).play()
        words = list(Paper.objects.values_list("text", flat=True))
        assert any(PLANTED[0] in text for text in words)
        files = [file.read_bytes() for file in log_dir.rglob("*") if file.is_file()]
        public = b"\n".join([*told.spelled(), *files]).decode()
        assert [text for text in PLANTED if text in public] == []
        assert not re.search(r"\+98|09\d{9}", public)

    def test_in_a_leaf_that_somebody_forged_into_an_event(self, qom: CityPolicy) -> None:
        good = next(leaf for leaf in _registered(qom) if leaf["t"] == "case.registered")
        shape.check(good)
        vocabulary.check(good, qom.digest)
        for name in sorted(good.keys() - {"t", "v"}):
            for value in (*PLANTED, 989123456789, None, 1.5, {"fa": "مریم"}, ["مریم"], True):
                if value == good[name]:
                    continue
                with pytest.raises(shape.Unpublishable) as refused:
                    _checked(good | {name: value}, qom)
                assert "مریم" not in str(refused.value)
        with pytest.raises(shape.Unpublishable):
            shape.check(good | {"note": "C01"})

    def test_every_leaf_is_spelled_canonically(self, qom: CityPolicy) -> None:
        reported(qom)
        for data in told.spelled():
            assert encode(parse(data)) == data


def _checked(leaf: dict[str, Any], policy: CityPolicy) -> None:
    shape.check(leaf)
    vocabulary.check(leaf, policy.digest)


def _registered(policy: CityPolicy) -> list[dict[str, Any]]:
    reported(policy)
    return told.bodies()


def _planted(path: Path) -> Any:
    """The scenario with every text that anybody may write replaced by personal data."""
    said = " ".join(PLANTED)
    scenario = load(path)
    scenario.case = dict(scenario.case) | {
        "words": said, "address": said, "name": PLANTED[0], "phone": "+989123456789",
    }  # fmt: skip
    for scene in scenario.scenes:
        if "texts" in scene.data:
            texts = dict.fromkeys(scene.data["texts"], said)
            scene.data = dict(scene.data) | {"texts": texts}
    return scenario
