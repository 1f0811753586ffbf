"""Every cheat of the threat model (docs/reference/log-pitfalls.md), played on a real instance: with
the database, the disk and the city's own keys in the hands of whoever cheats. Each is seen by the
part that has to see it."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.boards import contacts
from peygir.cases import acts, policies, sweep
from peygir.ledger.entry import CITIZEN, SYSTEM
from peygir.ledger.log import files, stops
from peygir.ledger.models import Asked, Event, Head, Unsealed
from peygir.policy.model import CityPolicy
from peygir.publication import audits, receipts
from peygir.verify import errors
from peygir.verify.canonical import parse, to_base64url
from peygir.verify.receipts import parse_code
from peygir.worker import intake
from tests.city import Story, filling, reported, staff_of
from tests.ledger.log.outsiders import witnessed
from tests.publication.cheats import (
    START,
    YEAR,
    Body,
    Instance,
    Rewrite,
    go_without_witnesses,
    log_anew,
    stopped,
)
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T13")]

ALLOWED = 48  # hours for a pothole
SECRET = to_base64url(bytes(range(32)))
HASH = to_base64url(hashlib.sha256(bytes(range(32))).digest())


@pytest.fixture
def city(qom: CityPolicy, sealed: Seal, settings: Any, tmp_path: Path) -> Iterator[Instance]:
    with witnessed(settings, tmp_path) as servers:
        found = Instance(qom, servers, sealed, tmp_path)
        found.turn(-0.01)
        yield found


def begun(city: Instance, **fields: Any) -> Story:
    """A pothole, called in at START unless `fields` say otherwise."""
    return Story(city.policy, **({"at": START} | fields))


def case_of(leaves: list[Body], kind: str) -> str:
    """The case of the first leaf of a type."""
    found: str = next(each["case"] for each in leaves if each["t"] == kind)
    return found


def without_late_cases(leaves: list[Body]) -> list[Body]:
    late = case_of(leaves, "case.overdue")
    return [each for each in leaves if each.get("case") != late]


def dated_back(leaves: list[Body]) -> list[Body]:
    late = case_of(leaves, "case.overdue")
    begun = next(each["et"] for each in leaves if each.get("case") == late)
    kept = [each for each in leaves if each["t"] != "case.overdue"]
    for each in kept:
        if each.get("case") == late and each["t"] == "case.work_done":
            each["et"] = begun + 3600
    return kept


def allowed_more(leaves: list[Body]) -> list[Body]:
    late = case_of(leaves, "case.overdue")
    for each in leaves:
        if each.get("case") == late and "sla" in each:
            each |= {"due": each["due"] + 30 * 86_400, "sla": each["sla"] + 30 * 86_400}
            each |= {"cls": "urban_planning"}
    return [each for each in leaves if each["t"] != "case.overdue"]


def without_calls(leaves: list[Body]) -> list[Body]:
    for each in leaves:
        if each["t"] == "intake.daily":
            each |= {"contacts": 1, "calls": 1, "by": {"case": 1}}
    return leaves


def by_easier_rules(leaves: list[Body]) -> list[Body]:
    for each in leaves:
        if each["t"] == "ruleset.published":
            each["file"] = "0" * 64
    return leaves


REWRITTEN: dict[str, Rewrite] = {
    "1: late cases are deleted": without_late_cases,
    "3: a closing is dated back by rewriting its leaf": dated_back,
    "6: a subject that allows more time, from the beginning": allowed_more,
    "10: calls are taken out of a day that was told": without_calls,
    "12: other rules, from the beginning": by_easier_rules,
}


class TestThePastIsWrittenAnew:
    """Rows, folder, guard and signature agree with each other; the world remembers otherwise."""

    @pytest.fixture
    def honest(self, city: Instance) -> Instance:
        late, prompt = begun(city), begun(city)
        contact = contacts.Ended(channel="phone", outcome=contacts.DROPPED)
        contacts.ended(city.policy, contact, actor=staff_of(city.policy, "reception"), at=START)
        city.turn(0.01)
        prompt.after(hours=2).report()
        city.turn(2.1)
        assert intake.tell_at(START + timedelta(days=1)) == 1
        sweep.drain(at=START + timedelta(hours=ALLOWED + 1))
        city.turn(ALLOWED + 1.01)
        late.after(hours=ALLOWED + 2).report()
        city.publish(ALLOWED + 2.01)
        return city

    @pytest.mark.parametrize("change", REWRITTEN.values(), ids=REWRITTEN)
    def test_witnesses_refuse_it_and_nothing_is_published(
        self, honest: Instance, change: Rewrite
    ) -> None:
        log_anew(change)
        honest.turn(ALLOWED + 3)
        assert stopped() == stops.FORK
        assert dict(Asked.objects.values_list("name", "failure")) == dict.fromkeys(
            ("council", "newspaper", "university"), "fork"
        )
        assert not (files.year_folder(YEAR) / "checkpoint").exists()
        for server in honest.servers.values():
            (why,) = {why for _, why, _ in server.witness.memory.refusals()}
            assert why in ("fork", "rollback"), "and keeps what the city signed"

    @pytest.mark.parametrize("change", REWRITTEN.values(), ids=REWRITTEN)
    def test_without_them_a_mirror_or_a_kept_checkpoint_is_proof(
        self, honest: Instance, change: Rewrite
    ) -> None:
        mirror = honest.mirror()
        log_anew(change)
        go_without_witnesses()
        honest.turn(ALLOWED + 3)
        assert stopped() == ""
        anew = str(files.year_folder(YEAR))
        assert honest.verify("log", anew, witnessed=False) == errors.OK, "alone it looks whole"
        assert honest.verify("log", anew) == errors.UNWITNESSED
        both = ("diff", str(mirror), anew)
        assert honest.verify(*both, witnessed=False) == errors.TAMPERED
        for _ in range(20):
            reported(honest.policy, at=START + timedelta(hours=ALLOWED + 4))
        honest.turn(ALLOWED + 4)
        since = ("--since", str(mirror / "checkpoint"))
        assert honest.verify("log", anew, *since, witnessed=False) == errors.TAMPERED

    def test_14_two_people_are_shown_two_logs(self, honest: Instance) -> None:
        """One as witnesses saw it, one for whoever asks the city: signed by the same key."""
        mine = honest.mirror()
        log_anew(without_late_cases)
        go_without_witnesses()
        honest.turn(ALLOWED + 3)
        theirs = honest.mirror("theirs")
        assert honest.verify("log", str(mine)) == errors.OK
        assert honest.verify("log", str(theirs)) == errors.UNWITNESSED
        compared = honest.verify("diff", str(mine), str(theirs), witnessed=False)
        assert compared == errors.TAMPERED


class TestACaseIsHeldBack:
    def word_for(self, story: Story) -> tuple[receipts.Receipt, str]:
        found = receipts.of(story.case.id)
        assert found is not None
        return found, receipts.promise(found, at=story.at)

    def out_of_the_queue(self, story: Story) -> int:
        event = Event.objects.get(subject_id=story.case.id, kind="case.registered").pk
        Unsealed.objects.filter(event_id=event).delete()
        return event

    def test_2_it_is_deleted_before_it_is_sealed(self, city: Instance) -> None:
        """Whoever holds the receipt proves it, once witnesses have seen the log without it."""
        dropped, _other = begun(city), begun(city)
        _receipt, word = self.word_for(dropped)
        self.out_of_the_queue(dropped)
        city.turn(0.01)
        folder = str(files.year_folder(YEAR))
        assert city.verify("receipt", word, folder) == errors.INCOMPLETE, "it is not due yet"
        begun(city, at=START + timedelta(minutes=12))
        city.turn(0.21)
        assert city.verify("receipt", word, folder) == errors.TAMPERED
        assert city.verify("log", folder) == errors.OK, "the log alone cannot know"

    def test_5_it_is_registered_late(self, city: Instance) -> None:
        """Sealed an hour later than promised: for as long it is evidence, and stays late-logged."""
        late = begun(city)
        receipt, word = self.word_for(late)
        event = self.out_of_the_queue(late)
        city.pass_time(0.01, 1.1)
        begun(city, at=START + timedelta(hours=1.1))
        city.turn(1.15)
        mirror = city.mirror()
        assert city.verify("receipt", word, str(mirror)) == errors.TAMPERED
        Unsealed.objects.create(event_id=event)
        city.turn(2.2)
        assert receipts.find(parse_code(receipt.code)) is not None
        assert city.verify("receipt", word, str(mirror)) == errors.TAMPERED, "a kept copy stays"

    def test_5_it_is_dated_forward(self, city: Instance) -> None:
        """Two hours later than it came: time runs from when witnesses had seen it."""
        story = begun(city, at=START + timedelta(hours=2))
        city.pass_time(0.01, 1.1, 2.2)
        story.at = START + timedelta(hours=ALLOWED + 1.8)  # in time, by what is stated
        story.report()
        city.pass_time(ALLOWED + 1.81, ALLOWED + 2.9)
        totals = city.publish(ALLOWED + 3)["totals"]
        assert (totals["answered"], totals["answered_late"]) == (1, 1)
        assert totals["late_logged"] == 1
        assert city.verify("stats", str(files.year_folder(YEAR)), "live") == errors.OK


def test_4_a_closing_is_dated_back_in_a_new_leaf(city: Instance) -> None:
    """The tree takes it; the witnesses' times do not."""
    story = begun(city)
    city.pass_time(0.01, 1.1, ALLOWED + 1, ALLOWED + 2.1)
    story.after(hours=3).report()  # typed two days later
    city.pass_time(ALLOWED + 2.2, ALLOWED + 3.3)
    totals = city.publish(ALLOWED + 4)["totals"]
    assert (totals["answered"], totals["answered_late"]) == (1, 1)
    assert totals["late_logged"] == 1
    folder = str(files.year_folder(YEAR))
    assert city.verify("log", folder) == errors.OK
    assert city.verify("stats", folder, "live") == errors.OK
    city.announce_instead(lambda data: data["totals"].update(answered_late=0), ALLOWED + 5)
    assert city.verify("stats", folder, "live") == errors.TAMPERED


class TestWorkLooksBetter:
    """By acts that the program allows. Each leaves an entry that is counted against it."""

    def test_6_another_subject_that_allows_more_time(self, city: Instance) -> None:
        story = begun(city, category="W01")  # a day
        city.turn(0.01)
        centre = filling(city.policy, "centre-head")
        story.after(hours=23).act("reclassify", by=centre, category="C01")
        city.turn(23.01)
        story.after(hours=10).report()
        data = city.publish(33.01)
        totals = data["totals"]
        assert (totals["answered"], totals.get("answered_late", 0)) == (1, 0)
        assert (totals["relaxed"], totals["late_by_first"]) == (1, 1)
        groups = {row["code"]: row["m"].get("recategorised", 0) for row in data["by"]["group"]}
        assert groups == {"waste": 1, "streets": 1}, "under both"

    def test_7_the_clock_is_stopped(self, city: Instance) -> None:
        story = begun(city)
        city.turn(0.01)
        until = START + timedelta(hours=30)
        given: dict[str, Any] = {"policy": city.policy, "case_id": story.case.id}
        acts.pause(**given, actor=filling(city.policy, "centre-head"), reason="weather",
                   at=START + timedelta(hours=1), until=until)  # fmt: skip
        city.turn(1.01)
        acts.resume(**given, at=until)
        city.turn(30.01)
        story.after(hours=ALLOWED + 10).report()
        totals = city.publish(ALLOWED + 10.01)["totals"]
        assert totals.get("answered_late", 0) == 0
        assert totals["paused_seconds"] == 29 * 3600, "told beside"
        assert totals["late_by_first"] == 1

    def test_8_cases_are_hidden_as_duplicates(self, city: Instance) -> None:
        first, second = begun(city), begun(city)
        city.turn(0.01)
        reception = staff_of(city.policy, "reception")
        acts.merge(policy=city.policy, actor=reception, at=START + timedelta(hours=1),
                   case_id=first.case.id, into=second.case.id)  # fmt: skip
        data = city.publish(2)
        assert (data["totals"]["registered"], data["totals"]["merged"]) == (3, 1)
        units = {row["code"]: row["m"].get("merged", 0) for row in data["by"]["unit"]}
        assert units[second.case.unit] == 1
        assert data["totals"].get("asked", 0) == 0, "and nobody is satisfied by it"

    def test_9_a_citizen_s_word_is_made_up(self, city: Instance) -> None:
        """What staff wrote down is never among what citizens confirmed themselves; and lots that
        the city cannot foresee have somebody else ask again."""
        story = begun(city)
        story.after(hours=2).report()
        story.after(hours=1).satisfied()
        data = city.publish(4)
        assert (data["coverage"]["call"], data["coverage"]["confirmed"]) == (1, 0)
        city.announce_instead(lambda data: data["coverage"].update(call=0, confirmed=1), 5)
        folder = str(files.year_folder(YEAR))
        assert city.verify("stats", folder, "live") == errors.TAMPERED

    @pytest.mark.parametrize(
        ("secret", "told", "verdict"),
        [
            (SECRET, (1, 1), errors.OK),
            (None, (1, 0), errors.OK),
            (to_base64url(bytes(32)), (1, 0), errors.TAMPERED),
        ],
        ids=["the citizen's own device", "no secret", "a made-up secret"],
    )
    def test_9_a_confirmation_on_the_web_is_made_up(
        self, city: Instance, secret: str | None, told: tuple[int, int], verdict: int
    ) -> None:
        """Code and telephone number the city knows too; what the citizen's device keeps, not."""
        story = begun(city, channel="web", device=HASH)
        story.after(hours=2).report()
        word = {"via": "web"} | ({"secret": secret} if secret else {})
        story.after(hours=1).act("satisfied", by=CITIZEN, citizen_word=word)
        coverage = city.publish(4)["coverage"]
        assert (coverage["confirmed"], coverage["device"]) == told
        assert city.verify("log", str(files.year_folder(YEAR))) == errors.OK
        assert city.verify("stats", str(files.year_folder(YEAR)), "live") == verdict

    def test_9_a_confirmation_from_another_device_is_called_the_citizen_s(
        self, city: Instance
    ) -> None:
        story = begun(city, channel="web", device=HASH)
        story.after(hours=2).report()
        story.after(hours=1).act("satisfied", by=CITIZEN, citizen_word={"via": "web"})
        city.announce_instead(lambda data: data["coverage"].update(device=1), 4)
        assert city.verify("stats", str(files.year_folder(YEAR)), "live") == errors.TAMPERED

    def test_11_easy_cases_are_made_up(
        self, city: Instance, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """They dilute what is late; dice draw them like any other, and the finding is public."""
        late = begun(city)
        made_up = []
        for _ in range(5):
            story = begun(city, caller=None)
            story.after(minutes=5).report()
            made_up.append(story.case.id)
        city.turn(1.1)
        basis = audits.basis()
        drawn = audits.draw(basis, "4216", 6, by="auditor", at=START + timedelta(hours=1.2))
        places = {receipts.find(found.leaf_hash) for found in map(receipts.of, made_up) if found}
        assert {place.number for place in places if place} < {place.number for place in drawn}
        assert late.case.id not in made_up
        city.turn(1.3)
        capsys.readouterr()
        assert city.verify("sample", str(files.year_folder(YEAR))) == errors.OK
        said = capsys.readouterr().out
        assert all(str(place.number) in said for place in drawn)


def test_12_the_deadline_is_lengthened_afterwards(city: Instance) -> None:
    """A case keeps the rules that it began under; the new ones stand in the log."""
    story = begun(city)
    city.turn(0.01)
    changed = dict(city.policy.files)
    changed["policy.toml"] = changed["policy.toml"].replace('due = "48h"', 'due = "480h"')
    policies.adopt_files("qom", changed, actor=SYSTEM, at=START + timedelta(hours=ALLOWED - 1))
    story.after(hours=ALLOWED + 1).report()
    totals = city.publish(ALLOWED + 2)["totals"]
    assert (totals["answered"], totals["answered_late"]) == (1, 1)
    folder = files.year_folder(YEAR)
    assert city.verify("stats", str(folder), "live") == errors.OK
    sets = sorted((folder / "rules").glob("*.json"))
    times = {parse(path.read_bytes())["classes"]["technical_civil"]["sla_s"] for path in sets}
    assert times == {48 * 3600, 480 * 3600}
    copy = city.mirror()
    for path in (copy / "rules").glob("*.json"):
        path.write_bytes(path.read_bytes().replace(b'"sla_s":172800', b'"sla_s":928000'))
    assert city.verify("stats", str(copy), "live") == errors.INCOMPLETE, "not the announced ones"


def test_13_a_number_that_the_log_does_not_give(city: Instance) -> None:
    begun(city)
    city.announce_instead(lambda data: data["totals"].update(registered=7), 1)
    assert city.verify("stats", str(files.year_folder(YEAR)), "live") == errors.TAMPERED


def test_15_an_old_backup_of_the_whole_machine_goes_on(city: Instance) -> None:
    """Rows, folder and guard of before: what happens next would stand where other leaves stood."""
    reported(city.policy, at=START)
    city.turn(0.01)
    seen = Head.objects.get().size
    for _ in range(3):
        reported(city.policy, at=START)
    city.turn(1)
    log_anew(lambda leaves: leaves[:seen])
    for _ in range(9):
        reported(city.policy, at=START + timedelta(hours=1))
    city.turn(2)
    assert stopped() == stops.FORK
    assert set(Asked.objects.values_list("failure", flat=True)) == {"fork"}
