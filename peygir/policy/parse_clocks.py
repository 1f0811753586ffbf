"""Reads the ladders, pauses, waits between calls, points, scores and inspections of policy.toml."""

import re

from peygir.policy.model import Ladder, Pause, Points, Redial, Scores, Threshold
from peygir.policy.reading import Table
from peygir.policy.vocabulary import PENALTIES, RANKINGS, ROLES, SCORE_PARTS, TOLD, UNREACHED


def read_ladder(table: Table) -> Ladder:
    """Warnings before the deadline, the breach, and the rungs above it, lowest first."""
    thresholds = [*_warnings(table), _breach(table), *_rungs(table)]
    ladder = Ladder(thresholds=tuple(thresholds), repeat=table.delta("repeat"))
    table.done()
    return ladder


def read_citizen_ladder(table: Table) -> Ladder:
    """The citizen clock has no deadline: its rungs count from the day the case was opened."""
    ladder = Ladder(thresholds=tuple(_rungs(table)), repeat=table.delta("repeat"))
    table.done()
    return ladder


def read_pauses(top: Table) -> dict[str, Pause]:
    found = {}
    for code, table in top.tables("pauses").items():
        found[code] = Pause(
            code=code,
            words=table.words(),
            longest=table.delta("longest"),
            approval=table.word("approval", ROLES),
        )
        table.done()
    return found


def read_redial(table: Table) -> Redial:
    redial = Redial(
        waits={outcome: table.delta(outcome) for outcome in UNREACHED},
        attempts=table.whole("attempts", low=1, high=20),
        over=table.delta("over"),
    )
    table.done()
    return redial


def read_points(table: Table) -> Points:
    points = Points(
        version=table.whole("version", low=1, high=100_000),
        breach=table.whole("breach", low=0, high=1000),
        rung=table.whole("rung", low=0, high=1000),
    )
    table.done()
    return points


def read_scores(top: Table) -> Scores:
    """The table `scores`; a city that has none scores as `Scores` does by itself."""
    if not top.has("scores"):
        return Scores()
    table = top.table("scores")
    scores = Scores(
        version=table.whole("version", low=1, high=100_000),
        rank_by=table.word("rank_by", RANKINGS),
        parts={part: table.whole(part, low=0, high=100) for part in SCORE_PARTS},
        classes=_weights(table.table("classes")),
        penalties=_penalties(table.table("penalties")),
        penalty_cap=table.whole("penalty_cap", low=0, high=100),
        ranked_from=table.whole("ranked_from", low=30, high=100_000),
        small_cell=table.whole("small_cell", low=5, high=1000),
        late_window=table.delta("late_window"),
        online=table.delta("online"),
        handset=table.delta("handset"),
        terms=table.flag("terms") if table.has("terms") else True,
    )
    table.done()
    return scores


def read_inspections(top: Table) -> int:
    """How many claims of work done the week's list has; 0 for a city without the table."""
    if not top.has("inspections"):
        return 0
    table = top.table("inspections")
    weekly = table.whole("weekly", low=0, high=200)
    table.done()
    return weekly


def _weights(table: Table) -> dict[str, int]:
    return {code: table.whole(code, low=1, high=100) for code in table.names()}


def _penalties(table: Table) -> dict[str, int]:
    found = {what: table.whole(what, low=0, high=1000) for what in PENALTIES}
    table.done()
    return found


def _warnings(table: Table) -> list[Threshold]:
    found: list[Threshold] = []
    for text in table.texts("warnings"):
        if not re.fullmatch(r"[1-9][0-9]?%", text):
            table.refuse("warnings", f"“{text}” is no part of the time allowed, such as 50%")
        percent = int(text[:-1])
        if found and percent <= (found[-1].percent or 0):
            table.refuse("warnings", "must rise")
        found.append(
            Threshold(name=f"warning_{percent}", kind="warning", told="unit_head", percent=percent)
        )
    return found


def _breach(table: Table) -> Threshold:
    return Threshold(name="breach", kind="breach", told=table.word("breach", TOLD))


def _rungs(table: Table) -> list[Threshold]:
    found: list[Threshold] = []
    if not (rows := table.rows("rungs")):
        table.refuse("rungs", "names nobody")
    for row in rows:
        after, told = row.delta("after"), row.word("told", TOLD)
        row.done()
        if found and found[-1].after is not None and after <= found[-1].after:
            row.refuse("after", "must be later than the rung before it")
        if told in {rung.told for rung in found}:
            row.refuse("told", f"“{told}” has a rung already")
        found.append(Threshold(name=told, kind="rung", told=told, after=after))
    return found
