"""A clock: precomputed instants at which somebody must learn that a case waits."""

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from peygir.cases.models.case import Case

RUNNING: Final = 1
PAUSED: Final = 2
STOPPED: Final = 3
CANCELLED: Final = 4


class Clock(models.Model):
    """`number` is the referral's, or 0 for the citizen clock, which never pauses and never
    restarts.

    `due_ats` holds warnings, breach and rungs as absolute instants, computed on write, so that
    calendars never enter SQL; a running clock always has a next one: the last rung repeats for
    ever.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    number = models.SmallIntegerField()
    unit = models.CharField(max_length=40)
    state = models.SmallIntegerField(default=RUNNING)
    generation = models.SmallIntegerField(default=1)  # grows when a rung may fire again
    rung = models.SmallIntegerField(default=0)  # the highest that fired
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()  # the breach; for the citizen clock its first rung
    due_ats = ArrayField(models.DateTimeField())
    next_due_at = models.DateTimeField(null=True)
    warnings = models.SmallIntegerField(default=0)  # how many of `due_ats` come before the breach
    repeat_s = models.IntegerField()
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    paused_s = models.IntegerField(default=0)  # all pauses so far
    pause_reason = models.CharField(max_length=40, blank=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="clock_number"),
            models.CheckConstraint(
                condition=models.Q(state=RUNNING, next_due_at__isnull=False)
                | (~models.Q(state=RUNNING) & models.Q(next_due_at=None)),
                name="clock_running_has_next",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=PAUSED, paused_at__isnull=False, paused_until__isnull=False
                )
                | (~models.Q(state=PAUSED) & models.Q(paused_at=None, paused_until=None)),
                name="clock_paused_has_expiry",
            ),
            models.CheckConstraint(
                condition=~models.Q(number=0, state=PAUSED), name="citizen_clock_never_pauses"
            ),
        ]
        indexes: ClassVar = [
            # The only index that the sweep needs; it holds open clocks only.
            models.Index(
                fields=["next_due_at"], condition=models.Q(state=RUNNING), name="clock_due"
            ),
            models.Index(
                fields=["paused_until"], condition=models.Q(state=PAUSED), name="clock_paused"
            ),
            # What climbed the ladder, for those who were told.
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=RUNNING, rung__gt=models.F("warnings")),
                name="clock_climbed",
            ),
            models.Index(
                fields=["unit", "due_at", "case"],
                include=["state"],  # the bands are counted without looking at a row
                condition=models.Q(state__in=[RUNNING, PAUSED], number__gt=0),
                name="clock_inbox",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}@{self.number}"
