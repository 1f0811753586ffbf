"""What the public log is told when an office changes hands: when, and nothing of whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from peygir.ledger.entry import SYSTEM
from peygir.ledger.log import files
from peygir.ledger.models import Leaf, Note
from peygir.people import staffing
from peygir.people.models import Staff, Tenure
from peygir.policy.model import CityPolicy
from peygir.publication import figures, terms
from peygir.publication.models import Folding, ToldTerm
from peygir.publication.rules import rule_set
from peygir.verify import errors
from peygir.verify.canonical import parse
from peygir.verify.cli import main
from peygir.worker import figures as worker_figures
from tests.city import NOON, Story, hire
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T11", "T12", "S13")]

HEAD, OTHER = "d3-civil-head", "d3-services-head"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = int(NOON.timestamp())


def leaves() -> list[tuple[str, int, int]]:
    """Kind, term and hours after noon of all that waits for the log about offices."""
    bodies = [note.body for note in Note.objects.order_by("id")]
    return [
        (each["t"].partition(".")[2], each["term"], (each["since"] - EPOCH) // 3600)
        for each in bodies
        if each["t"].startswith("office.")
    ]


class People:
    """Whoever changes who works in the city."""

    def __init__(self, policy: CityPolicy) -> None:
        self.given: dict[str, Any] = {"policy": policy.digest, "actor": SYSTEM}
        self.count = 0

    def hire(self) -> Staff:
        self.count += 1
        person: Staff = hire(f"person-{self.count}")
        return person

    def start(self, person: Staff, post: str, at: datetime, since: datetime | None = None) -> int:
        given = self.given | {"at": at, "since": since or at}
        return staffing.start_tenure(staff_id=person.pk, post=post, **given).pk

    def end(self, tenure: int, at: datetime) -> None:
        staffing.end_tenure(tenure_id=tenure, until=at, at=at, **self.given)


@pytest.fixture
def people(qom: CityPolicy) -> People:
    return People(qom)


class TestWhatIsTold:
    def test_a_term_in_the_transaction_of_the_appointment(self, people: People) -> None:
        people.start(people.hire(), HEAD, NOON, NOON - 5 * HOUR)
        [note] = Note.objects.all()
        assert note.body == {
            "t": "office.term",
            "v": 1,
            "post": HEAD,
            "term": 1,
            "since": EPOCH - 5 * 3600,
        }

    def test_a_change_with_a_gap_and_one_without(self, people: People) -> None:
        first = people.start(people.hire(), HEAD, NOON)
        people.end(first, NOON + 2 * HOUR)
        second = people.start(people.hire(), HEAD, NOON + 5 * HOUR)
        people.start(people.hire(), HEAD, NOON + 6 * HOUR)  # both, for an hour
        people.end(second, NOON + 7 * HOUR)
        assert leaves() == [("term", 1, 0), ("vacant", 1, 2), ("term", 2, 5), ("term", 3, 7)]

    def test_two_changes_on_one_day(self, people: People) -> None:
        tenure = people.start(people.hire(), HEAD, NOON)
        for hours in (1, 3):
            people.start(people.hire(), HEAD, NOON + hours * HOUR)
            people.end(tenure, NOON + hours * HOUR)
            tenure = Tenure.objects.latest("id").pk
        assert leaves() == [("term", 1, 0), ("term", 2, 1), ("term", 3, 3)]

    def test_an_office_that_two_fill_has_one_term_at_a_time(self, people: People) -> None:
        """The term is that of who has held it longest; who comes or goes beside begins none."""
        first = people.start(people.hire(), HEAD, NOON)
        beside = people.start(people.hire(), HEAD, NOON + HOUR)
        people.end(beside, NOON + 2 * HOUR)
        people.start(people.hire(), HEAD, NOON + 3 * HOUR)
        assert leaves() == [("term", 1, 0)]
        people.end(first, NOON + 4 * HOUR)
        assert leaves()[1:] == [("term", 2, 4)]

    def test_somebody_who_holds_several_offices_leaves_all(
        self, people: People, qom: CityPolicy
    ) -> None:
        person = people.hire()
        for post in (HEAD, OTHER):
            people.start(person, post, NOON)
        staffing.deactivate(staff_id=person.pk, at=NOON + HOUR, policy=qom.digest, actor=SYSTEM)
        assert leaves() == [("term", 1, 0)] * 2 + [("vacant", 1, 1)] * 2
        assert {note.body["post"] for note in Note.objects.all()} == {HEAD, OTHER}

    def test_a_substitute_begins_no_term(self, people: People) -> None:
        people.start(people.hire(), HEAD, NOON)
        boss, stand_in = people.hire(), people.hire()
        given = people.given | {"actor": filling_as(boss)}
        staffing.delegate(
            post=HEAD, staff_id=stand_in.pk, since=NOON, until=NOON + DAY, at=NOON, **given
        )
        assert leaves() == [("term", 1, 0)]
        assert not ToldTerm.objects.filter(holder=stand_in.pk).exists()

    def test_operators_have_no_terms(self, people: People, qom: CityPolicy) -> None:
        for post in ("reception-1", "d3-civil-expert", "auditor"):
            people.start(people.hire(), post, NOON)
        assert leaves() == []
        found = terms.offices(qom)
        assert {HEAD, "d3-mayor", "waste-head"} < set(found)
        assert not {"reception-1", "d3-civil-expert", "auditor"} & set(found)
        assert rule_set(qom)["offices"] == found

    def test_who_comes_back_at_once_never_left(self, people: People) -> None:
        person = people.hire()
        tenure = people.start(person, HEAD, NOON)
        people.end(tenure, NOON + HOUR)
        people.start(person, HEAD, NOON + 2 * HOUR, NOON + HOUR)
        assert leaves() == [("term", 1, 0), ("vacant", 1, 1), ("term", 2, 1)]

    def test_what_is_entered_for_a_time_before_what_was_told(self, people: People) -> None:
        tenure = people.start(people.hire(), HEAD, NOON)
        people.end(tenure, NOON + 2 * HOUR)
        people.start(people.hire(), HEAD, NOON + 5 * HOUR, NOON - HOUR)
        assert leaves() == [("term", 1, 0), ("vacant", 1, 2), ("term", 2, 2)]


class TestWorker:
    def test_a_term_that_begins_by_itself(
        self, people: People, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people.start(people.hire(), HEAD, NOON, NOON + DAY)
        assert leaves() == []
        for hours, wanted in ((23, []), (25, [("term", 1, 24)])):
            monkeypatch.setattr("peygir.worker.figures.now", lambda at=hours: NOON + at * HOUR)
            assert worker_figures.tell_terms() is False
            assert leaves() == wanted

    def test_a_city_that_was_there_before(self, qom: CityPolicy) -> None:
        """Of every office, who holds it now: term 1; nobody counts who came before."""
        old = hire("old", HEAD)
        Tenure.objects.update(until=NOON - 500 * DAY)
        hire("new", OTHER)
        Tenure.objects.create(post_id=HEAD, staff=hire("now"), since=NOON - 400 * DAY)
        assert terms.tell(qom, at=NOON) == 2
        assert leaves() == [("term", 1, -400 * 24), ("term", 1, -900 * 24)]
        assert terms.tell(qom, at=NOON) == 0
        assert not ToldTerm.objects.filter(holder=old.pk).exists()

    def test_several_changes_that_nobody_told(self, qom: CityPolicy) -> None:
        hire("old", HEAD)
        terms.tell(qom, at=NOON)
        first = Tenure.objects.filter(post=HEAD)
        first.update(until=NOON + HOUR)
        Tenure.objects.create(
            post_id=HEAD, staff=hire("b"), since=NOON + HOUR, until=NOON + 2 * HOUR
        )
        Tenure.objects.create(post_id=HEAD, staff=hire("c"), since=NOON + 3 * HOUR)
        assert terms.tell(qom, at=NOON + DAY) == 3
        assert leaves()[1:] == [("term", 2, 1), ("vacant", 2, 2), ("term", 3, 3)]

    def test_an_empty_house_tells_nothing(self, db: None) -> None:
        assert worker_figures.tell_terms() is False
        assert leaves() == []

    def test_a_city_may_leave_terms_out(self, people: People, qom: CityPolicy) -> None:
        from dataclasses import replace

        without = replace(qom, scores=replace(qom.scores, terms=False))
        hire("somebody", HEAD)
        assert terms.offices(without) == rule_set(without)["offices"] == []
        assert terms.tell(without, at=NOON) == 0
        assert leaves() == []


class TestCity:
    """A whole city: told, sealed, published, and recomputed by an outsider's program."""

    @pytest.fixture
    def told(self, people: People, qom: CityPolicy, sealed: Seal) -> dict[str, Any]:
        """The head of civil works leaves with one piece of work done and two in hand."""
        story = Story(qom)
        post = qom.organisation.head_of(story.case.unit) or ""
        tenure = people.start(people.hire(), post, NOON, NOON - DAY)
        story.after(hours=2).report()
        story.after(hours=1).satisfied()
        waiting, other = Story(qom), Story(qom)
        sealed(NOON + 4 * HOUR)
        figures.publish(at=NOON + 4 * HOUR)
        people.end(tenure, NOON + 5 * HOUR)
        people.start(people.hire(), post, NOON + 5 * HOUR)
        waiting.after(hours=6).report()
        other.after(hours=7).report()
        last = Story(qom, at=NOON + 6 * HOUR)
        last.after(hours=2).report()
        sealed(NOON + 9 * HOUR)
        figures.publish(at=NOON + 9 * HOUR)
        sealed(NOON + 10 * HOUR)
        data = parse(files.stats_file(1405, "live").read_bytes())
        row: dict[str, Any] = next(r for r in data["by"]["post"] if r["code"] == post)
        return row

    def test_both_terms_stand_below_the_office(self, told: dict[str, Any]) -> None:
        one, vacant, two = told["terms"]
        assert (one["term"], vacant.get("vacant"), two["term"]) == (1, True, 2)
        assert one["m"]["answered"] == 1
        assert (two["m"]["inherited"], two["m"]["inherited_done"]) == (2, 2)
        assert two["m"]["answered"] == 1
        assert told["m"]["answered"] == 4

    def test_an_outsider_gets_the_same(self, told: dict[str, Any]) -> None:
        folder, key = str(files.year_folder(1405)), str(files.root() / "vkeys.txt")
        assert main(["stats", folder, "live", "--jobs", "1", "--vkey", key]) == errors.OK
        assert Folding.objects.get().state["offices"]["terms"]

    def test_no_name_and_no_number_of_a_person_is_published(self, told: dict[str, Any]) -> None:
        public = b"".join(p.read_bytes() for p in files.root().rglob("*") if p.is_file())
        assert b"person-" not in public
        for holder in ToldTerm.objects.exclude(holder=None).values_list("holder", flat=True):
            assert holder > 0  # kept inside, to know that somebody else came
        office = [each for each in _bodies() if each["t"].startswith("office.")]
        assert len(office) == 3
        assert all(each.keys() == {"t", "v", "post", "term", "since"} for each in office)


def _bodies() -> list[dict[str, Any]]:
    return [parse(bytes(body)) for body in Leaf.objects.values_list("body", flat=True)]


def filling_as(person: Staff) -> Any:
    from dataclasses import replace

    return replace(SYSTEM, staff_id=person.pk)
