"""Figures of a real city's log: published, announced, and checked by an outsider's program."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from peygir.cases.sweep import sweep
from peygir.evaluation import appeals
from peygir.evaluation.models import Point
from peygir.ledger.log import files
from peygir.ledger.models import Checkpoint, Leaf, Note
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.publication.models import Figures, FoldedCase, FoldedDay, Folding
from peygir.verify import errors
from peygir.verify.canonical import encode, parse
from peygir.verify.cli import main
from peygir.verify.months import DAY_SECONDS, parse_period
from peygir.worker import figures as worker_figures
from tests.city import NOON, Story, filling
from tests.ledger.log.outsiders import witnessed
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T11", "T13")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH, LAST_DAY = "1405-08", "1405-08-30"  # NOON is on its last day


def verify(*words: str) -> int:
    """What an outsider types."""
    return main([*words, "--vkey", str(files.root() / "vkeys.txt")])


def stats(period: str) -> int:
    return verify("stats", str(files.year_folder(1405)), period, "--jobs", "1")


def read(name: str) -> dict[str, Any]:
    return parse(files.stats_file(1405, name).read_bytes())


def notes() -> list[dict[str, Any]]:
    """The leaves that announce figures, oldest first."""
    bodies = Leaf.objects.filter(event_id=None).order_by("index").values_list("body", flat=True)
    found = [parse(bytes(body)) for body in bodies]
    return [leaf for leaf in found if leaf["t"] == "stats.published"]


class City:
    """Cases of one city, sealed and published as the worker does."""

    def __init__(self, policy: CityPolicy, seal: Seal) -> None:
        self.policy, self.seal = policy, seal

    def publish(self, after: timedelta) -> list[str]:
        """What is published at NOON and so much later; the announcements are sealed too."""
        self.seal(NOON + after)
        done = figures.publish(at=NOON + after)
        self.seal(NOON + after + timedelta(minutes=1))
        return done

    def finished(self) -> Story:
        """A case that is done in time, and its citizen satisfied."""
        story = Story(self.policy)
        story.after(hours=2).report()
        story.after(hours=1).satisfied()
        return story


@pytest.fixture
def city(qom: CityPolicy, sealed: Seal) -> City:
    return City(qom, sealed)


class TestLive:
    def test_an_outsider_gets_the_same(self, city: City) -> None:
        city.finished()
        late = Story(city.policy)
        late.after(hours=60).report()
        assert city.publish(61 * HOUR)[-1] == "live"
        assert read("live")["totals"]["answered"] == 1  # the month is the next one
        assert stats("live") == errors.OK

    def test_turns_add_up_to_what_one_would_give(self, city: City) -> None:
        story = Story(city.policy)
        city.publish(HOUR)
        story.after(hours=2).report()
        city.publish(3 * HOUR)
        story.after(hours=1).satisfied()
        city.finished()
        city.publish(5 * HOUR)
        assert read("live")["totals"]["closed"] == 2
        assert stats("live") == errors.OK
        assert Folding.objects.get().size > 0
        assert FoldedCase.objects.filter(is_open=True).count() == 0

    def test_a_new_way_to_count_folds_the_whole_log_anew(self, city: City) -> None:
        """Else old sums would be published as new ones, and an outsider would see them as lies."""
        city.finished()
        city.publish(4 * HOUR)
        FoldedDay.objects.update(data={"cells": {}, "hours": [0] * 24})
        Folding.objects.update(state={"said": 0, "published": [], "seen": []})
        city.finished()
        assert city.publish(5 * HOUR) == ["live"]
        assert read("live")["totals"]["closed"] == 2
        assert stats("live") == errors.OK

    def test_nothing_new_is_no_news(self, city: City) -> None:
        assert figures.publish(at=NOON) == []
        city.finished()
        assert city.publish(4 * HOUR) == ["live"]
        assert city.publish(5 * HOUR) == []  # but for its own announcement

    def test_sealed_complaints_and_reversals_go_in(self, city: City) -> None:
        story = Story(city.policy)
        sweep(at=NOON + 50 * HOUR)
        point = Point.objects.get()
        head = filling(city.policy, city.policy.organisation.head_of(story.case.unit) or "")
        given: dict[str, Any] = {"policy": city.policy, "at": NOON + 51 * HOUR}
        appeal = appeals.file(point_id=point.pk, actor=head, reason="خرابی برق", **given)
        centre = filling(city.policy, "centre-head")
        appeals.decide(appeal_id=appeal.pk, actor=centre, accept=True, answer="وارد است", **given)
        city.publish(52 * HOUR)
        row = next(each for each in read("live")["by"]["unit"] if each["code"] == "d3")
        assert row["m"]["points_reversed"] == -point.points
        assert story.case.unit in {each["code"] for each in read("live")["by"]["unit"]}
        assert stats("live") == errors.OK

    def test_no_citizen_is_in_a_file(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        text = files.stats_file(1405, "live").read_text("utf-8")
        assert "مریم" not in text
        assert "گلستان" not in text
        assert "912345" not in text


class TestForGood:
    def test_a_day_and_a_month_when_they_have_waited(self, city: City) -> None:
        city.finished()
        assert city.publish(4 * HOUR) == ["live"]
        Story(city.policy, at=NOON + 2 * DAY)
        assert city.publish(2 * DAY) == [LAST_DAY, "last", "live"]
        Story(city.policy, at=NOON + 8 * DAY)
        done = city.publish(8 * DAY)
        assert MONTH in done
        assert read(MONTH)["totals"]["closed"] == 1
        assert [stats(name) for name in (LAST_DAY, MONTH, "live")] == [errors.OK] * 3
        assert files.stats_file(1405, MONTH, "csv").read_text().startswith("period,")
        assert list(Figures.objects.filter(period=MONTH).values_list("revision", flat=True)) == [0]

    def test_a_month_is_provisional_until_then(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        assert stats("last") == errors.INCOMPLETE  # nothing is over
        for days in (1, 2):
            Story(city.policy, at=NOON + days * DAY)
            assert city.publish(days * DAY)[-2:] == ["last", "live"]
            assert stats("last") == errors.OK
        data = read("last")
        assert (data["period"], data["month"]) == ("last", MONTH)
        assert data["totals"]["closed"] == 1
        month = parse_period(MONTH)
        offset = 12600  # of Tehran, in seconds
        assert data["until"] == month.end * DAY_SECONDS - offset
        assert data["final_at"] == data["until"] + 7 * DAY_SECONDS
        Story(city.policy, at=NOON + 8 * DAY)
        assert city.publish(8 * DAY)[-2:] == [MONTH, "live"]
        assert stats("last") == errors.INCOMPLETE  # its file gave way to the one for good
        assert stats(MONTH) == errors.OK

    def test_what_is_entered_late_does_not_turn_the_month_back(self, city: City) -> None:
        story = Story(city.policy)
        Story(city.policy, at=NOON + DAY)
        assert city.publish(DAY) == ["last", "live"]
        story.at = NOON + 3 * HOUR
        story.report()
        assert city.publish(DAY + HOUR) == ["last", "live"]
        assert read("last")["totals"]["answered"] == 1
        assert read("live")["from"] == read("last")["until"]
        assert read("live")["totals"]["registered"] == 1
        assert [stats(name) for name in ("last", "live")] == [errors.OK] * 2

    def test_the_day_from_which_it_stays_cannot_be_made_up(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        Story(city.policy, at=NOON + DAY)
        city.seal(NOON + DAY)
        figures.publish(at=NOON + DAY)
        data = read("last")
        data["final_at"] += DAY_SECONDS
        spelled = encode(data)
        files.stats_file(1405, "last").write_bytes(spelled)
        note = Note.objects.get(body__period="last")
        note.body["file"] = hashlib.sha256(spelled).hexdigest()
        note.save()
        city.seal(NOON + DAY + HOUR)
        assert stats("last") == errors.TAMPERED

    def test_a_revision_names_what_changed_it(self, city: City) -> None:
        story = Story(city.policy)
        city.publish(HOUR)
        Story(city.policy, at=NOON + 8 * DAY)
        city.publish(8 * DAY)
        assert figures.revise(MONTH, at=NOON + 8 * DAY) is False
        story.at = NOON + 3 * HOUR  # entered late, for a time that is published
        story.report()
        city.seal(NOON + 9 * DAY)
        assert figures.revise(MONTH, at=NOON + 9 * DAY) is True
        city.seal(NOON + 9 * DAY + HOUR)
        revised = read(f"{MONTH}.r1")
        assert [each["what"] for each in revised["corrections"]] == ["case.work_done"]
        old = files.stats_file(1405, MONTH)
        assert revised["revises"] == hashlib.sha256(old.read_bytes()).hexdigest()
        assert stats(MONTH) == errors.OK
        paths = [str(old), str(files.stats_file(1405, f"{MONTH}.r1"))]
        assert verify("diff", *paths, "--log", str(files.year_folder(1405))) == errors.OK

    def test_a_turn_that_was_cut_short_before_it_told_the_log_is_taken_again(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its file lies there; meanwhile the log has grown, so that the next one says more."""
        city.finished()
        city.publish(4 * HOUR)
        Story(city.policy, at=NOON + 2 * DAY)
        city.seal(NOON + 2 * DAY)

        def cut(*_: Any) -> None:
            raise OSError

        with monkeypatch.context() as patch:
            patch.setattr(figures._Run, "_announce", cut)
            with pytest.raises(OSError):
                figures.publish(at=NOON + 2 * DAY)
        left = files.stats_file(1405, LAST_DAY).read_bytes()
        Story(city.policy, at=NOON + 2 * DAY + HOUR)
        assert LAST_DAY in city.publish(2 * DAY + HOUR)
        assert files.stats_file(1405, LAST_DAY).read_bytes() != left
        assert stats(LAST_DAY) == errors.OK

    def test_what_the_log_names_is_never_written_anew(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        Story(city.policy, at=NOON + 2 * DAY)
        assert LAST_DAY in city.publish(2 * DAY)
        figures_of = Figures.objects.get(period=LAST_DAY)
        left = files.stats_file(1405, LAST_DAY).read_bytes()
        Figures.objects.all().delete()  # as in a database of an earlier day
        Story(city.policy, at=NOON + 2 * DAY + HOUR)
        city.publish(2 * DAY + HOUR)
        assert files.stats_file(1405, LAST_DAY).read_bytes() == left
        again = Figures.objects.get(period=LAST_DAY)
        for field in ("revision", "year", "size", "before", "file"):
            assert getattr(again, field) == getattr(figures_of, field)
        assert stats(LAST_DAY) == errors.OK
        Story(city.policy, at=NOON + 2 * DAY + 2 * HOUR)
        city.publish(2 * DAY + 2 * HOUR)
        told = [leaf["period"] for leaf in notes()]
        assert told.count(LAST_DAY) == 1, "announced once"

    def test_revisions_that_the_log_names_are_taken_over_too(self, city: City) -> None:
        story = Story(city.policy)
        city.publish(HOUR)
        Story(city.policy, at=NOON + 8 * DAY)
        city.publish(8 * DAY)
        story.at = NOON + 3 * HOUR
        story.report()
        city.seal(NOON + 9 * DAY)
        assert figures.revise(MONTH, at=NOON + 9 * DAY) is True
        city.seal(NOON + 9 * DAY + HOUR)
        before = list(Figures.objects.order_by("period", "revision").values("period", "file"))
        Figures.objects.all().delete()
        files.stats_file(1405, f"{MONTH}.r1", "csv").unlink()
        Story(city.policy, at=NOON + 9 * DAY + 2 * HOUR)
        city.publish(9 * DAY + 2 * HOUR)
        after = list(Figures.objects.order_by("period", "revision").values("period", "file"))
        assert [row for row in after if row in before] == before
        assert files.stats_file(1405, f"{MONTH}.r1", "csv").exists()

    def test_a_file_that_is_not_what_the_log_names_stops_it(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        Story(city.policy, at=NOON + 2 * DAY)
        city.publish(2 * DAY)
        Figures.objects.all().delete()
        files.replace(files.stats_file(1405, LAST_DAY), b"{}")
        Story(city.policy, at=NOON + 2 * DAY + HOUR)
        with pytest.raises(files.Differs):
            city.publish(2 * DAY + HOUR)

    def test_by_hand(self, city: City, capsys: pytest.CaptureFixture[str]) -> None:
        city.finished()
        city.seal(NOON + 4 * HOUR)
        call_command("publish")
        assert "live" in capsys.readouterr().out
        call_command("publish")
        assert "Nothing new" in capsys.readouterr().out
        for period in ("last week", MONTH):
            with pytest.raises(CommandError):
                call_command("publish", revise=period)


class TestWitnesses:
    def test_however_long_they_are_away_what_they_saw_before_still_stands(
        self, city: City, settings: Any
    ) -> None:
        city.finished()
        city.seal(NOON + HOUR)
        seen = Checkpoint.objects.latest("size")
        Checkpoint.objects.filter(pk=seen.pk).update(witnessed_at=NOON + HOUR)
        settings.PEYGIR_LOG_POLICY = "policy.txt"
        unseen = {"origin": seen.origin, "note": seen.note, "signed_at": NOON + DAY}
        Checkpoint.objects.bulk_create(
            [Checkpoint(size=seen.size + more, **unseen) for more in range(1, 200)]
        )
        standing = figures._standing()
        assert standing is not None
        assert standing.size == seen.size

    def test_nothing_rests_on_what_they_have_not_seen(self, city: City, settings: Any) -> None:
        city.finished()
        city.seal(NOON + 4 * HOUR)
        settings.PEYGIR_LOG_POLICY = "witnesses.txt"
        assert figures.publish(at=NOON + 4 * HOUR) == []

    def test_their_times_go_in_and_turns_still_add_up(
        self, city: City, settings: Any, tmp_path: Path
    ) -> None:
        """Witnesses by their own clock, a day or more after the times that the city states."""
        with witnessed(settings, tmp_path):
            story = Story(city.policy)
            assert city.publish(HOUR) == ["live"]
            city.publish(3 * HOUR)
            story.after(hours=4).report()
            assert city.publish(5 * HOUR) == ["live"]
            size = Folding.objects.get().size
            story.after(hours=2).satisfied()
            assert city.publish(8 * HOUR) == ["live"]
            assert Folding.objects.get().size > size > 0
            assert read("live")["policy"] != ""
            policy = ("--policy", str(files.root() / "policy.txt"))
            folder = str(files.year_folder(1405))
            assert verify("stats", folder, "live", "--jobs", "1", *policy) == errors.OK
            assert stats("live") == errors.OK  # the policy lies beside the log


class TestCheats:
    """Ledger.md section 1.2, on the exported log of a real instance."""

    def test_a_number_that_the_log_does_not_give(self, city: City) -> None:
        city.finished()
        city.seal(NOON + 4 * HOUR)
        figures.publish(at=NOON + 4 * HOUR)
        data = read("live")
        data["totals"]["closed"] += 1
        spelled = encode(data)
        files.stats_file(1405, "live").write_bytes(spelled)
        note = Note.objects.order_by("id").last()
        assert note is not None
        note.body["file"] = hashlib.sha256(spelled).hexdigest()
        note.save()
        city.seal(NOON + 5 * HOUR)
        assert stats("live") == errors.TAMPERED

    def test_a_number_changed_in_the_file_alone(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        path = files.stats_file(1405, "live")
        path.write_bytes(path.read_bytes().replace(b'"closed":1', b'"closed":2'))
        assert stats("live") == errors.INCOMPLETE

    def test_rules_changed_afterwards(self, city: City) -> None:
        city.finished()
        city.publish(4 * HOUR)
        [path] = (files.year_folder(1405) / "rules").glob("*.json")
        path.write_bytes(path.read_bytes().replace(b'"penalty_cap":20', b'"penalty_cap":0'))
        assert stats("live") == errors.INCOMPLETE

    def test_the_business_tables_changed(self, city: City) -> None:
        """Figures do not come from them."""
        story = city.finished()
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            cursor.execute(
                "update cases_case set executive_unit = 'd1-civil', district = 1 where id = %s",
                [story.case.id],
            )
            cursor.execute("set local session_replication_role = origin")
        city.publish(4 * HOUR)
        assert read("live")["totals"]["closed"] == 1
        assert stats("live") == errors.OK


def test_the_worker_publishes_what_is_due(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.finished()
    city.seal(NOON + HOUR * 4)
    monkeypatch.setattr("peygir.worker.figures.now", lambda: NOON + HOUR * 4)
    assert worker_figures.publish() is False
    assert read("live")["totals"]["registered"] == 1


def test_the_worker_of_an_empty_house_publishes_nothing(db: None) -> None:
    assert worker_figures.publish() is False
    assert not Figures.objects.exists()
