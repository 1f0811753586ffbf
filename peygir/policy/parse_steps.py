"""Reads the steps of a stage, and refuses combinations of words that mean nothing together."""

from dataclasses import dataclass
from typing import Literal, cast

from peygir.policy.model import Step
from peygir.policy.reading import Table
from peygir.policy.vocabulary import (
    ACTORS,
    CLOSED,
    CO,
    DONE,
    EVIDENCE,
    FINDINGS,
    LEAD,
    ONLY_FOR,
    SAME,
    START,
    WORD_VIA,
)

LIMIT_MAX = 20  # how often one step may be taken in a cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a step may lead."""

    stages: frozenset[str]
    endings: frozenset[str]


def read_steps(table: Table, name: str, places: Places, *, closed: bool = False) -> dict[str, Step]:
    """The steps under `name`; `closed` = those open on a case that is already closed."""
    found = {}
    for code, each in table.tables(name).items():
        found[code] = step = _step(code, each, places)
        each.done()
        _refuse_nonsense(each, step, closed=closed)
    return found


def _step(code: str, table: Table, places: Places) -> Step:
    return Step(
        code=code,
        words=table.words(),
        by=table.words_of("by", ACTORS),
        to=table.word("to", places.stages | {CLOSED, SAME, DONE, START}),
        needs=table.words_of("needs", EVIDENCE),
        may_have=table.words_of("may_have", EVIDENCE),
        ending=table.maybe_word("ending", places.endings),
        approval=_approval(table),
        only_for=_only_for(table),
        new_cycle=table.flag("new_cycle"),
        determines=table.flag("determines"),
        tells=table.maybe_text("tells"),
        limit=table.maybe_whole("limit", low=1, high=LIMIT_MAX),
        over=table.maybe_delta("over"),
        then=table.maybe_word("then", places.stages),
        rearm=_rearm(table),
        longest=table.maybe_delta("longest"),
        within=table.maybe_delta("within"),
        role=_role(table),
        opens_co=table.flag("opens_co"),
        waits_for_co=table.flag("waits_for_co"),
        keeps_start=table.flag("keeps_start"),
        word_via=table.words_of("word_via", WORD_VIA),
        finding=table.maybe_word("finding", FINDINGS),
        calms=table.flag("calms"),
        after=table.texts("after"),
    )


def _approval(table: Table) -> Literal["holder_head"] | None:
    return "holder_head" if table.maybe_word("approval", ("holder_head",)) else None


def _only_for(
    table: Table,
) -> Literal["long_running", "nonmunicipal", "urgent", "not_urgent"] | None:
    word = table.maybe_word("only_for", ONLY_FOR)
    return cast("Literal['long_running', 'nonmunicipal', 'urgent', 'not_urgent'] | None", word)


def _rearm(table: Table) -> Literal["promised_for"] | None:
    return "promised_for" if table.maybe_word("rearm", ("promised_for",)) else None


def _role(table: Table) -> Literal["lead", "co"]:
    return "co" if table.maybe_word("role", (LEAD, CO)) == CO else "lead"


def _refuse_nonsense(table: Table, step: Step, *, closed: bool) -> None:
    if not step.by:
        table.refuse("by", "names nobody")
    for name in step.may_have:
        if name in step.needs:
            table.refuse("may_have", f"“{name}” is needed already")
    for key, wrong, reason in _nonsense(step, closed=closed):
        if wrong:
            table.refuse(key, reason)


def _nonsense(step: Step, *, closed: bool) -> tuple[tuple[str, bool, str], ...]:
    """Key, whether it is wrong, why."""
    ends, limited = step.to == CLOSED, step.limit is not None
    return (
        ("ending", ends and step.ending is None, "a step to “closed” names its ending"),
        ("ending", not ends and step.ending is not None, "only a step to “closed” has one"),
        ("to", closed and ends, "the case is closed already"),
        ("over", step.over is not None and not limited, "has no meaning without “limit”"),
        ("then", step.then is not None and not limited, "has no meaning without “limit”"),
        ("rearm", _lacks(step.rearm, "promised_for", step), "“needs” lacks “promised_for”"),
        ("longest", step.longest is not None and not step.rearm, "has no meaning without “rearm”"),
        ("within", step.within is not None and not closed, "only for steps after closing"),
        ("opens_co", _lacks(step.opens_co, "target_unit", step), "“needs” lacks “target_unit”"),
        ("role", step.role == CO and step.to != SAME, "a co-unit's step leads to “same”"),
        ("word_via", _lacks(step.word_via, "citizen_word", step), "“needs” lacks “citizen_word”"),
        ("finding", _lacks(step.finding, "inspection", step), "“needs” lacks “inspection”"),
    )


def _lacks(word: object, evidence: str, step: Step) -> bool:
    return bool(word) and evidence not in step.needs
