"""Reads policy.toml: classes, stages with their steps, endings, ladders, pauses, redial, points."""

from dataclasses import dataclass
from typing import Literal

from peygir.calendars.durations import Span
from peygir.policy import parse_clocks, parse_steps
from peygir.policy.model import (
    Ending,
    Ladder,
    Pause,
    Points,
    Redial,
    ServiceClass,
    Stage,
    Step,
    Words,
)
from peygir.policy.reading import Table
from peygir.policy.vocabulary import CLASS_DUE, EVIDENCE, STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """All of policy.toml."""

    kinds: dict[str, Words]
    classes: dict[str, ServiceClass]
    stages: dict[str, Stage]
    anywhere: dict[str, Step]
    after_closing: dict[str, Step]
    start: str
    start_unsorted: str
    endings: dict[str, Ending]
    ladder: Ladder
    citizen_ladder: Ladder
    pauses: dict[str, Pause]
    redial: Redial
    points: Points


def read_flow(top: Table) -> Flow:
    stage_tables = top.tables("stages")
    endings = {code: _ending(code, table) for code, table in top.tables("endings").items()}
    places = parse_steps.Places(stages=frozenset(stage_tables), endings=frozenset(endings))
    flow = Flow(
        kinds=_kinds(top),
        classes=_classes(top),
        stages={code: _stage(code, table, places) for code, table in stage_tables.items()},
        anywhere=parse_steps.read_steps(top, "anywhere", places),
        after_closing=parse_steps.read_steps(top, "after_closing", places, closed=True),
        start=top.word("start", stage_tables),
        start_unsorted=top.word("start_unsorted", stage_tables),
        endings=endings,
        ladder=parse_clocks.read_ladder(top.table("ladder")),
        citizen_ladder=parse_clocks.read_citizen_ladder(top.table("citizen_clock")),
        pauses=parse_clocks.read_pauses(top),
        redial=parse_clocks.read_redial(top.table("redial")),
        points=parse_clocks.read_points(top.table("points")),
    )
    top.done()
    return flow


def _kinds(top: Table) -> dict[str, Words]:
    kinds = top.table("kinds")
    return {code: kinds.inner_words(code) for code in kinds.each()}


def _classes(top: Table) -> dict[str, ServiceClass]:
    found = {}
    for code, table in top.table("classes").each().items():
        found[code] = ServiceClass(code=code, words=table.words(), due=table.span("due"))
        table.done()
    return found


def _ending(code: str, table: Table) -> Ending:
    ending = Ending(
        code=code,
        words=table.words(),
        needs=table.words_of("needs", EVIDENCE),
        citizens_word=table.flag("citizens_word"),
        exception=table.maybe_words("exception"),
    )
    table.done()
    return ending


def _stage(code: str, table: Table, places: parse_steps.Places) -> Stage:
    stage = Stage(
        code=code,
        words=table.words(),
        holder=table.text("holder"),
        due=_due(table),
        status=table.word("status", STATUSES),
        steps=parse_steps.read_steps(table, "steps", places),
    )
    table.done()
    return stage


def _due(table: Table) -> Span | Literal["class"]:
    if table.text("due") == CLASS_DUE:
        return CLASS_DUE
    return table.span("due")
