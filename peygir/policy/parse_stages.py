"""Reads policy.toml: classes, stages with their steps, endings, ladders, pauses, redial, points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from peygir.calendars.durations import Span
from peygir.policy import parse_clocks, parse_steps
from peygir.policy.model import (
    Ending,
    Kind,
    Ladder,
    Pause,
    Points,
    Redial,
    Scores,
    ServiceClass,
    Stage,
    Step,
    Urgent,
)
from peygir.policy.reading import Table
from peygir.policy.vocabulary import ABOUT, CLASS_DUE, DESKS, EVIDENCE, STATUSES, SUPERIOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """All of policy.toml."""

    kinds: dict[str, Kind]
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
    scores: Scores
    inspections_weekly: int
    urgent: Urgent | None
    impartial: tuple[str, ...]


def read_flow(top: Table) -> Flow:
    stage_tables = top.tables("stages")
    endings = {code: _ending(code, table) for code, table in top.tables("endings").items()}
    places = parse_steps.Places(stages=frozenset(stage_tables), endings=frozenset(endings))
    flow = Flow(
        kinds=_kinds(top, stage_tables),
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
        scores=parse_clocks.read_scores(top),
        inspections_weekly=parse_clocks.read_inspections(top),
        urgent=_urgent(top, stage_tables),
        impartial=top.texts("impartial"),
    )
    top.done()
    return flow


def _kinds(top: Table, stages: Collection[str]) -> dict[str, Kind]:
    found = {}
    for code, table in top.table("kinds").each().items():
        words = table.words()
        found[code] = Kind(
            fa=words.fa,
            en=words.en,
            start=table.maybe_word("start", stages),
            sealed=table.flag("sealed"),
            about=cast("Literal['case', 'post', 'unit'] | None", table.maybe_word("about", ABOUT)),
        )
        table.done()
    return found


def _urgent(top: Table, stages: Collection[str]) -> Urgent | None:
    if not top.has("urgent"):
        return None
    table = top.table("urgent")
    grounds = table.table("grounds")
    found = Urgent(
        start=table.word("start", stages),
        grounds={code: grounds.inner_words(code) for code in grounds.names()},
    )
    table.done()
    return found


def _classes(top: Table) -> dict[str, ServiceClass]:
    found = {}
    for code, table in top.table("classes").each().items():
        found[code] = ServiceClass(
            code=code, words=table.words(), due=table.span("due"), outside=_outside(code, table)
        )
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
    track = table.flag("track")
    steps = parse_steps.read_steps(table, "steps", places)
    stage = Stage(
        code=code,
        words=table.words(),
        holder=table.text("holder"),
        due=_due(table),
        status=table.word("status", STATUSES) if not track else "in_progress",
        steps=steps,
        desk=table.maybe_word("desk", DESKS) or _desk(steps),
        by_post=table.flag("by_post"),
        on_breach=table.maybe_word("on_breach", {SUPERIOR, *steps}),
        track=track,
        tracks=table.words_of("tracks", places.stages),
        then=table.maybe_word("then", places.stages),
        tells=table.maybe_text("tells"),
        lasting=table.flag("lasting"),
        closes_when=table.words_of("closes_when", EVIDENCE),
    )
    table.done()
    return stage


def _desk(steps: Mapping[str, Step]) -> str:
    """The page that serves a stage whose policy does not say: told by what its steps ask for."""
    asked = {name for step in steps.values() for name in step.needs}
    if "inspection" in asked:
        return "field"
    return "calls" if "call" in asked else "inbox"


def _outside(code: str, table: Table) -> bool:
    """Policies from before the key existed meant the class “nonmunicipal”."""
    return table.flag("outside") or code == "nonmunicipal"


def _due(table: Table) -> Span | Literal["class"]:
    if table.text("due") == CLASS_DUE:
        return CLASS_DUE
    return table.span("due")
