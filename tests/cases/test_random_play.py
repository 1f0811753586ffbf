"""Anything that people may try, in any order: no invariant ever breaks, every case can still
end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peygir.cases import acts, refusals, store
from peygir.cases.fold import fold
from peygir.cases.sweep import drain
from peygir.ledger import read
from peygir.ledger.entry import CITIZEN, Actor
from peygir.ledger.ids import new_id
from peygir.policy.model import CityPolicy
from tests.city import Story, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("Q1", "Q2")]

SAID = "نوشته‌ای از کارکنان"
STEPS = [
    "refer",
    "report",
    "promise",
    "return",
    "infeasible",
    "hand_over",
    "ask_co_unit",
    "co_result",
    "satisfied",
    "dissatisfied",
    "unreached",
    "call_back",
    "confirmed",
    "not_confirmed",
    "done_unreachable",
    "merge",
    "reclassify",
    "objection",
]
OTHER = ("approve", "refuse", "inspect", "join", "note", "pause", "resume", "sweep")
ACTORS: tuple[Callable[[Story], Actor], ...] = (
    lambda it: it.holder(),
    lambda it: staff_of(it.policy, it.case.unit, head=True),
    lambda it: CITIZEN,
    lambda it: staff_of(it.policy, "reception"),
    lambda it: staff_of(it.policy, "centre", head=True),
    lambda it: staff_of(it.policy, "waste"),
    lambda it: staff_of(it.policy, "d5-civil"),
)
moves = st.tuples(
    st.sampled_from((*STEPS, *OTHER)),
    st.sampled_from(ACTORS),
    st.integers(0, 100),  # hours that pass before
    st.integers(0, 3),
)
plays = st.lists(moves, min_size=1, max_size=14)
starts = st.sampled_from(["C01", "C02", "W01", "U01", "N01", ""])


def evidence(it: Story, step: str, variant: int) -> tuple[dict[str, Any], dict[str, str]]:
    """What somebody could bring along: mostly right, sometimes not."""
    found = it.policy.step(it.case.lead.stage if it.case.lead else None, step)
    needs = found.needs if found else ()
    ahead = int((it.at + timedelta(days=1 + variant)).timestamp())
    values: dict[str, Any] = {
        "citizen_word": {"via": ("call", "code", "sms", "telepathy")[variant]},
        "call": {"outcome": ("no_answer", "busy", "reached", "off")[variant]},
        "promised_for": ahead,
        "callback_at": ahead,
        "target_unit": ("waste", "parks", "d5-civil", "nowhere")[variant],
        "category": ("C01", "W01", "C02", "Z99")[variant],
        "district": 1 + variant,
        "outside_body": next(iter(it.policy.organisation.outside_bodies)),
        "merged_into": variant,
    }
    texts = {n: SAID for n in needs if n.endswith(("_text", "_reason", "note", "_to_citizen"))}
    return {n: values[n] for n in needs if n in values}, texts


def play(it: Story, name: str, actor: Actor, variant: int) -> None:
    base = {"policy": it.policy, "case_id": it.case.id, "at": it.at}
    match name:
        case "approve":
            it.case = acts.approve(**base, actor=actor).case
        case "refuse":
            it.case = acts.refuse(**base, actor=actor, reason=SAID).case
        case "inspect":
            found = ("done", "partly", "not_done", "odd")[variant]
            it.case = acts.inspect(**base, actor=actor, inspection=new_id(), found=found).case
        case "join":
            it.case = acts.join(**base, actor=actor, channel="web").case
        case "note":
            it.case = acts.note(**base, actor=actor, text=SAID).case
        case "pause":
            until = it.at + timedelta(hours=20 * (variant + 1))
            it.case = acts.pause(**base, actor=actor, reason="weather", until=until).case
        case "resume":
            it.case = acts.resume(**base).case
        case "sweep":
            drain(at=it.at)
            it.case = store.lock(it.case.id)
        case step:
            brought, texts = evidence(it, step, variant)
            done = acts.act(**base, step=step, actor=actor, evidence=brought, texts=texts)
            it.case = done.case


def check(it: Story) -> None:
    """The rows are what the events fold to, the database agrees, and somebody holds the case."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
    rows = store.lock(it.case.id)
    assert fold(read.of("case", it.case.id)) == rows
    assert rows.is_open == (rows.lead is not None)
    assert sum(r.is_open and r.role == "lead" for r in rows.referrals) == int(rows.is_open)
    for clock in rows.clocks:
        assert list(clock.due_ats) == sorted(clock.due_ats)
        assert clock.rung <= len(clock.due_ats)
    it.case = rows


def finish(it: Story) -> None:
    """Whatever happened, the right people can bring the case to an ending."""
    for _ in range(10):
        lead = it.case.lead
        if lead is None:
            return
        it.after(hours=1)
        match lead.stage:
            case "reception":
                it.act("refer", category="C01", district=1)
            case "execution":
                for co in it.case.open_co:
                    it.act("co_result", staff_of(it.policy, co.unit), result_text=SAID)
                it.report()
            case "feedback":
                it.satisfied()
            case _:
                it.inspected("done")
                it.act("confirmed", citizen_word={"via": "signature"})
    raise AssertionError(f"no way out of {it.case.stage}")


def run(policy: CityPolicy, category: str, script: list[Any]) -> None:
    with transaction.atomic():
        it = Story(policy, category=category, district=3 if category else None)
        for name, who, hours, variant in script:
            it.after(hours=hours)
            before = it.case.version
            try:
                with transaction.atomic():
                    play(it, name, who(it), variant)
            except refusals.Refused:  # rolled back to what was checked before
                assert store.lock(it.case.id).version == before
            else:
                check(it)
        finish(it)
        check(it)
        transaction.set_rollback(True)


quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=20, deadline=None, suppress_health_check=quiet)
@given(category=starts, script=plays)
def test_no_sequence_of_acts_breaks_a_case(qom: CityPolicy, category: str, script: Any) -> None:
    run(qom, category, script)


@pytest.mark.slow(longest=True)
@settings(max_examples=2000, deadline=None, suppress_health_check=quiet)
@given(category=starts, script=plays)
def test_two_thousand_sequences_break_nothing(qom: CityPolicy, category: str, script: Any) -> None:
    run(qom, category, script)
