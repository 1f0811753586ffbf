"""The four promises that the database holds: each is attacked with raw SQL, and each holds."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.city import Make

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("Q2")]

PAUSE_CITIZEN_CLOCK = (
    "update cases_clock set (state, next_due_at, paused_at, paused_until)"
    " = (2, null, now(), now()) where number = 0"
)


def refused(*statements: str, values: Sequence[Any] = ()) -> str:
    """Run `statements` as one transaction would at its commit; gives why the database refused."""
    with pytest.raises(DatabaseError) as caught:
        _commit(statements, values)
    return str(caught.value)


@transaction.atomic
def _commit(statements: Sequence[str], values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values if "%s" in statement else None)
        cursor.execute("set constraints all immediate")


class TestNoCaseCanBeAbandoned:
    @pytest.mark.parametrize(
        "statement",
        [
            "update cases_referral set closed_at = now()",
            "update cases_clock set state = 3, next_due_at = null where number > 0",
            "update cases_clock set state = 3, next_due_at = null where number = 0",
            "update cases_clock set state = 4, next_due_at = null where number > 0",
            "update cases_referral set role = 'co'",
        ],
    )
    def test_an_open_case_keeps_a_holder_and_its_clocks(self, story: Make, statement: str) -> None:
        story()
        assert "no case can be abandoned" in refused(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "update cases_clock set next_due_at = null",
            "update cases_clock set state = 2, next_due_at = null where number > 0",
            PAUSE_CITIZEN_CLOCK,
            "update cases_referral set unit = ''",
            "update cases_case set closed_at = now()",
            "update cases_case set ending = 'satisfied'",
        ],
    )
    def test_a_running_clock_has_a_next_instant_and_a_pause_an_end(
        self, story: Make, statement: str
    ) -> None:
        story()
        assert "violates check constraint" in refused(statement)

    @pytest.mark.parametrize("table", ["cases_case", "cases_referral", "cases_clock"])
    def test_nothing_of_a_case_is_deleted(self, story: Make, table: str) -> None:
        story()
        assert "never deleted" in refused(f"delete from {table}")

    def test_a_closed_case_holds_nobody(self, story: Make) -> None:
        it = story()
        it.report()
        it.satisfied()
        last = "where number = (select max(number) from cases_referral)"
        assert "closed case with an open referral" in refused(
            f"update cases_referral set closed_at = null {last}"
        )
        assert "closed case with a clock" in refused(
            "update cases_clock set state = 1, next_due_at = now() where number = 0"
        )

    def test_a_second_holder_cannot_be_slipped_in(self, story: Make) -> None:
        story()
        assert "one_open_lead" in refused(
            "insert into cases_referral"
            " (case_id, number, role, stage, unit, cycle, opened_at, outcome)"
            " select case_id, 2, role, stage, unit, cycle, opened_at, '' from cases_referral"
        )
        assert "open referral without a clock" in refused(
            "insert into cases_referral"
            " (case_id, number, role, stage, unit, cycle, opened_at, outcome)"
            " select case_id, 2, 'co', stage, unit, cycle, opened_at, '' from cases_referral"
        )

    def test_a_case_alone_does_not_commit(self, story: Make) -> None:
        story()
        assert "open case without" in refused(
            "insert into cases_case select (jsonb_populate_record(c, "
            '\'{"id": 5, "code": "000000000000"}\')).* from cases_case c'
        )


class TestEventsStay:
    def test_an_event_is_never_changed_or_removed(self, story: Make) -> None:
        story()
        for statement in (
            "update ledger_event set kind = 'x'",
            "update ledger_event set facts = '{}', leaf_index = 1",
            "delete from ledger_event",
        ):
            assert "never changed or removed" in refused(statement)
        # Tests may empty the table between them; a served database never sets this.
        assert "never changed or removed" in refused(
            "set local peygir.tests = off", "truncate ledger_event"
        )

    def test_sealing_sets_the_leaf_index_once(self, story: Make) -> None:
        story()
        with connection.cursor() as cursor:
            cursor.execute("update ledger_event set leaf_index = id where subject = 'case'")
        assert "never changed" in refused(
            "update ledger_event set leaf_index = 9 where subject = 'case'"
        )

    def test_the_served_role_has_no_right_to_touch_them(self, story: Make) -> None:
        story()
        for statement in ("update ledger_event set kind = 'x'", "delete from ledger_event"):
            assert "permission denied" in refused("set local role peygir_app", statement)


def test_a_deadline_fires_once(story: Make) -> None:
    it = story()
    insert = (
        "insert into ledger_event"
        " (subject, subject_id, kind, stage, step, cycle, unit, actor_kind,"
        " actor_post, happened_at, policy, facts, clock, generation, rung)"
        " values ('case', %s, 'clock.fired', '', '', 1, '', 'system', '', now(), '', '{}', 1, 1, 1)"
    )
    assert "one_event_per_rung" in refused(insert, insert, values=[it.case.id])


class TestEndings:
    def close(self, ending: str) -> tuple[str, ...]:
        return (
            "update cases_referral set closed_at = now(), outcome = 'x'",
            "update cases_clock set state = 3, next_due_at = null",
            f"update cases_case set closed_at = now(), ending = '{ending}'",
        )

    @pytest.mark.parametrize("ending", ["satisfied", "forgotten"])
    def test_no_case_closes_without_an_event_that_ends_it(self, story: Make, ending: str) -> None:
        story()
        assert "only by an ending of its policy" in refused(*self.close(ending))

    @pytest.mark.parametrize(
        "evidence", ["{}", '{"citizen_word": null}', '{"inspection": 1}'], ids=str
    )
    def test_no_case_closes_without_the_evidence(self, story: Make, evidence: str) -> None:
        it = story()
        event = (
            "insert into ledger_event"
            " (subject, subject_id, kind, stage, step, cycle, unit, actor_kind,"
            " actor_post, happened_at, policy, facts)"
            " values ('case', %s, 'case.stepped', '', '', 1, '',"
            " 'system', '', now(), '" + it.policy.digest + "',"
            ' \'{"ending": "satisfied", "evidence": ' + evidence + "}')"
        )
        said = refused(event, *self.close("satisfied"), values=[it.case.id])
        assert "only by an ending of its policy" in said

    def test_an_adopted_policy_is_never_changed(self, story: Make) -> None:
        story()
        for statement in (
            "update cases_ending set needs = '{}'",
            "delete from cases_ending",
            "update cases_policyversion set files = '{}'",
        ):
            assert "never deleted" in refused(statement)
