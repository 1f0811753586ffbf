"""What pages and counts ask of a policy, in place of the codes of its stages and steps."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peygir.policy import asking
from peygir.policy.errors import PolicyError
from peygir.policy.lateness import Missed, missed, waits_for_citizen
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from peygir.policy.spans import longest
from tests.policy.conftest import CITIES, Edit


@pytest.fixture(scope="module")
def isfahan() -> CityPolicy:
    return load_city(CITIES / "isfahan")


@pytest.fixture(scope="module")
def mashhad() -> CityPolicy:
    return load_city(CITIES / "mashhad")


@pytest.fixture(scope="module")
def tehran() -> CityPolicy:
    return load_city(CITIES / "tehran")


class TestCalls:
    def test_what_may_come_of_a_call(self, qom: CityPolicy) -> None:
        found = asking.call_steps(qom.stages["feedback"])
        codes = [s and s.code for s in (found.yes, found.no, found.unreached, found.later)]
        assert codes == ["satisfied", "dissatisfied", "unreached", "call_back"]
        assert asking.call_steps(qom.stages["execution"]) == asking.CallSteps()

    def test_what_may_come_of_a_visit(self, qom: CityPolicy, isfahan: CityPolicy) -> None:
        found = asking.visit_steps(qom.stages["special_follow_up"])
        codes = [s and s.code for s in (found.confirmed, found.not_confirmed, found.unreachable)]
        assert codes == ["confirmed", "not_confirmed", "done_unreachable"]
        assert found.done is None
        track = asking.visit_steps(isfahan.stages["field_visit"])
        assert track.done is not None
        assert track.done.code == "visited"
        assert track.confirmed is None

    def test_only_a_yes_that_needs_no_visit_is_asked_of_the_citizen(self, qom: CityPolicy) -> None:
        asked = {code for code, stage in qom.stages.items() if asking.asks_citizen(stage)}
        assert asked == {"feedback"}


class TestClaims:
    def test_work_is_claimed_by_its_result_not_by_an_answer_or_a_part(
        self, qom: CityPolicy, isfahan: CityPolicy, mashhad: CityPolicy
    ) -> None:
        def claims(policy: CityPolicy) -> list[str]:
            steps = [s for stage in policy.stages.values() for s in stage.steps.values()]
            return [step.code for step in steps if asking.claims_done(step)]

        assert claims(qom) == ["report"]
        assert claims(isfahan) == ["settled", "settled_by_supervisor", "report"]
        assert claims(mashhad) == []
        assert asking.claims_work(isfahan)
        assert not asking.claims_work(mashhad)


class TestCity:
    def test_silence_closes_only_where_the_city_says_so(
        self, qom: CityPolicy, mashhad: CityPolicy
    ) -> None:
        assert asking.silence(qom) is None
        found = asking.silence(mashhad)
        assert found is not None
        assert found.amount == timedelta(days=14)

    def test_one_official_answers_by_name_and_what_is_left_climbs(
        self, qom: CityPolicy, mashhad: CityPolicy
    ) -> None:
        assert not asking.climbs(qom)
        assert asking.climbs(mashhad)
        assert asking.by_name(mashhad, "answer")
        assert not asking.by_name(mashhad, "reception")
        assert not asking.by_name(mashhad, "no such stage")

    def test_steps_open_wherever_a_case_waits(self, qom: CityPolicy) -> None:
        found = [asking.reports_no_follow_up(qom), asking.merges(qom)]
        assert found == [qom.anywhere["objection"], qom.anywhere["merge"]]
        bare = replace(qom, anywhere={})
        assert asking.reports_no_follow_up(bare) is None
        assert asking.merges(bare) is None

    def test_who_sorts(self, qom: CityPolicy) -> None:
        assert asking.sorts(qom.stages["reception"]) == qom.stages["reception"].steps["refer"]
        assert asking.sorts(qom.stages["execution"]) is None

    def test_steps_of_which_a_text_tells(self, isfahan: CityPolicy) -> None:
        found = asking.tells(isfahan, "not_urgent")
        assert found == isfahan.stages["operations"].steps["not_urgent"]
        assert asking.tells(isfahan, "no such text") is None

    def test_the_citizen_s_own_words(self, tehran: CityPolicy) -> None:
        assert asking.citizens_own(tehran) == {"dissatisfied", "objection", "objects"}

    def test_a_message_is_called_by_its_subject_or_its_own_way(self, tehran: CityPolicy) -> None:
        subject = next(iter(tehran.categories))
        kind = next(code for code, each in tehran.kinds.items() if each.start)
        plain = next(code for code, each in tehran.kinds.items() if not each.start)
        assert asking.called(tehran, subject, plain) == tehran.categories[subject].words
        assert asking.called(tehran, "", kind) == tehran.kinds[kind]
        assert asking.called(tehran, "", plain) is None
        assert asking.called(tehran, "", "no such kind") is None


class TestWhere:
    def test_a_case_begins_by_its_kind_unless_it_is_urgent(
        self, isfahan: CityPolicy, tehran: CityPolicy
    ) -> None:
        kind = next(code for code, each in isfahan.kinds.items() if not each.start)
        assert isfahan.begins(kind, urgent=True) == "operations"
        assert isfahan.begins(kind, urgent=False) == isfahan.start
        assert isfahan.begins("no such kind", urgent=False) == isfahan.start
        sealed = next(code for code, each in tehran.kinds.items() if each.sealed)
        lane = replace(tehran, urgent=isfahan.urgent)
        assert lane.begins(sealed, urgent=True) == tehran.kinds[sealed].start

    def test_stages_of_a_page_and_steps_of_a_track(
        self, qom: CityPolicy, isfahan: CityPolicy
    ) -> None:
        assert qom.served_by("calls") == ("feedback",)
        step = isfahan.stages["field_visit"].steps["visited"]
        assert isfahan.track_step("visited") == step
        assert isfahan.track_step("satisfied") is None


@pytest.mark.requirement("Q10")
class TestLateness:
    @pytest.mark.parametrize(
        ("level", "collapsed", "levels", "breached"),
        [(1, 0, 1, True), (2, 0, 1, False), (3, 1, 2, False), (3, 2, 3, True), (2, 9, 2, True)],
    )
    def test_the_breach_and_each_rung_cost_their_points(
        self, qom: CityPolicy, level: int, collapsed: int, levels: int, breached: bool
    ) -> None:
        cost = qom.points.breach * breached + qom.points.rung * (levels - breached)
        wanted = Missed(levels=levels, breached=breached, cost=cost)
        assert missed(qom, "execution", level, collapsed) == wanted

    def test_an_inquiry_and_a_citizen_s_own_time_cost_nothing(self, tehran: CityPolicy) -> None:
        assert missed(tehran, "inquiry", 1, 0).cost == 0
        assert missed(tehran, "criticism_told", 1, 0).cost == 0
        assert missed(tehran, "a stage that is gone", 1, 0).cost == tehran.points.breach
        assert waits_for_citizen(tehran, "criticism_told")
        assert not waits_for_citizen(tehran, "execution")
        assert not waits_for_citizen(tehran, "a stage that is gone")

    def test_a_post_s_own_time_is_the_longest_that_it_may_take(self, mashhad: CityPolicy) -> None:
        stage = mashhad.stages["answer"]
        alone = replace(mashhad, stages={"answer": replace(stage, by_post=False)})
        assert longest(mashhad, "answer") >= longest(alone, "answer")


class TestArticles:
    def test_one_may_end_on_a_day(self, edit: Edit) -> None:
        words = 'words = ["ساعت زباله"'
        files = edit("knowledge.toml", (words, f'until = "2027-03-20"\n{words}'))
        found = load_files("qom", files).articles["waste-hours"]
        assert (found.holds(date(2027, 3, 20)), found.holds(date(2027, 3, 21))) == (True, False)
        assert load_files("qom", files).articles["bulky"].holds(date(2099, 1, 1))

    def test_a_day_that_is_none(self, edit: Edit) -> None:
        words = 'words = ["ساعت زباله"'
        with pytest.raises(PolicyError, match="must be a day like"):
            load_files("qom", edit("knowledge.toml", (words, f'until = "1405"\n{words}')))


class TestOffice:
    @pytest.mark.parametrize(
        ("units", "reason"), [("[]", "names no unit"), ('["moon"]', "there is no unit “moon”")]
    )
    def test_it_serves_units_that_there_are(
        self, mashhad: CityPolicy, units: str, reason: str
    ) -> None:
        text = mashhad.files["city.toml"].replace('units = ["mayor"]', f"units = {units}")
        with pytest.raises(PolicyError) as caught:
            load_files("mashhad", {**mashhad.files, "city.toml": text})
        assert caught.value.key == "office.units"
        assert reason in caught.value.reason
