"""Narrow rows beside the cases, kept by the worker: no text, no code, no person, no sealed case.

All of it can be made anew from the cases at any time (`manage.py analysis rebuild`).
"""

from typing import ClassVar

from django.db import models

from peygir.analysis.checks import Check, Draw

__all__ = ["Brief", "Check", "Draw", "Hop", "Mark", "Pair", "Tally"]


class Brief(models.Model):
    """What looking back over a year needs to know of one case that is not sealed.

    Days and hours are local to the city. `hour`: 0 to 167, from Saturday midnight. `waited_step`:
    seconds from opening to closing, cut to the step that the public figures cut it to (at most
    1/32); None while open. `longest_*`: the longest stay with one unit in one stage that is over;
    `held_*`: the one that lasts, empty once the case is closed. `referral`: number of the last
    referral whose hand-over is counted in `Hop`. `event`: the newest event of the case that the row
    is known to contain.
    """

    case_id = models.BigIntegerField(primary_key=True)
    opened_at = models.DateTimeField()
    held_since = models.DateTimeField(null=True)
    event = models.BigIntegerField(default=0)
    cell = models.BigIntegerField(null=True)  # H3, resolution 10
    day = models.DateField()
    closed_day = models.DateField(null=True)
    waited_step = models.IntegerField(null=True)
    longest_s = models.IntegerField(default=0)
    reporters = models.IntegerField()
    hour = models.SmallIntegerField()
    district = models.SmallIntegerField(null=True)
    cycle = models.SmallIntegerField()
    returns = models.SmallIntegerField()
    referral = models.SmallIntegerField(default=0)
    urgent = models.BooleanField()
    late = models.BooleanField()  # a deadline of a unit was missed
    merged = models.BooleanField()  # a further report of an event that another case follows
    kind = models.CharField(max_length=24)
    category = models.CharField(max_length=24, blank=True)  # "": nobody sorted it yet
    unit = models.CharField(max_length=40, blank=True)  # who answers for the work
    channel = models.CharField(max_length=16)
    ending = models.CharField(max_length=40, blank=True)
    longest_stage = models.CharField(max_length=40, blank=True)
    longest_unit = models.CharField(max_length=40, blank=True)
    held_stage = models.CharField(max_length=40, blank=True)
    held_unit = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-day", "-case_id"], name="brief_day"),
            models.Index(fields=["closed_day"], name="brief_closed"),
            models.Index(
                fields=["day"], condition=models.Q(held_since__isnull=False), name="brief_held"
            ),
            models.Index(
                fields=["-longest_s", "case_id"],
                condition=models.Q(held_since=None),
                name="brief_longest",
            ),
            models.Index(
                fields=["cell", "category", "day"],
                include=["district", "unit", "channel", "kind"],  # with a filter, too, it is enough
                condition=models.Q(cell__isnull=False, merged=False),
                name="brief_place",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class Hop(models.Model):
    """How many cases of a subject and district went from one unit to another on one day.

    `district` -1: a case without one.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    from_unit = models.CharField(max_length=40)
    to_unit = models.CharField(max_length=40)
    category = models.CharField(max_length=24, blank=True)
    district = models.SmallIntegerField()
    n = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "from_unit", "to_unit", "category", "district"], name="hop_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.from_unit} {self.to_unit}: {self.n}"


class Tally(models.Model):
    """Sums over one or eight weeks (from the Saturday `week`) of all rows with one code of a
    dimension, so that a year of the whole city is not counted case by case.

    `dimension`: one of `asking.DIMENSIONS`, "hour" (code: 0 to 167), "day" (code: 2026-11-21; of
    one week only) or "stay" (code: stage and unit of the longest stay of cases that are over;
    `seconds`: how long). `step`: `Brief.waited_step` of the cases that `closed` counts, by the week
    of their closing; -1 in the rows that count by the week of opening, and in all of "day".
    """

    id = models.BigAutoField(primary_key=True)
    dimension = models.CharField(max_length=8)
    weeks = models.SmallIntegerField(default=1)  # 1 or 8
    week = models.DateField()
    code = models.CharField(max_length=84, blank=True)
    step = models.IntegerField()
    opened = models.IntegerField()
    closed = models.IntegerField()
    late = models.IntegerField()
    again = models.IntegerField()
    seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dimension", "weeks", "week", "code", "step"], name="tally_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.dimension} {self.code}"


class Pair(models.Model):
    """Sums over eight weeks (from the Saturday `week`) of all rows with one code of each of two
    dimensions, so that a filter on one thing is not counted case by case either.

    `pair`: the place of both in `pairs.PAIRS`, whose codes are `one` and `other`. The rest as in
    `Tally`; days count by the season that they are in.
    """

    pk = models.CompositePrimaryKey("pair", "week", "one", "other", "step")
    seconds = models.BigIntegerField(default=0)
    week = models.DateField()
    step = models.IntegerField()
    opened = models.IntegerField()
    closed = models.IntegerField()
    late = models.IntegerField()
    again = models.IntegerField()
    pair = models.SmallIntegerField()
    one = models.CharField(max_length=40, blank=True)
    other = models.CharField(max_length=84, blank=True)

    def __str__(self) -> str:
        return f"{self.week} {self.pair} {self.one} {self.other}"


class Mark(models.Model):
    """How far the rows are kept: one row, locked by the worker whose turn it is.

    `at`: up to when. `steps`: [epoch seconds, id of the newest event then] of the last turns.
    `filling`: id of the last case taken up by the first filling; None once it is done. `reading`: a
    reading of events that takes several turns: {"at", "upto", "done"}, the last two ids of events.
    `night`: when the round over all cases last went on; `seen`: the last case of it, `left`: how
    many cases of that night are to be looked at. `nights`: the newest events of two nights.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    reading = models.JSONField(null=True)
    filling = models.BigIntegerField(null=True, default=0)
    night = models.DateField(null=True)
    seen = models.BigIntegerField(default=0)
    left = models.IntegerField(default=0)
    nights = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="analysis_one_mark")
        ]
