"""Overlays switched on (derived from events), the plans behind them, and work done in batches."""

from typing import ClassVar, Final

from django.db import models

PROPOSED: Final = "proposed"  # waits for the second confirmation
ON: Final = "on"
OFF: Final = "off"  # switched off by somebody
EXPIRED: Final = "expired"  # its time was over
LAPSED: Final = "lapsed"  # nobody confirmed in time

DRAFT: Final = "draft"
APPROVED: Final = "approved"

GROUP: Final = "group"  # merge the reports of one incident, then tell everybody once
PAUSE: Final = "pause"  # let clocks stand still


class OverlayRun(models.Model):
    """One time that an overlay was asked for: folded from the events of subject "overlay".

    `scope`: {"districts": [], "classes": [], "categories": []}, empty parts are no limit. `policy`:
    the version that says what the overlay means, whatever is adopted meanwhile.
    """

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=48)
    policy = models.CharField(max_length=64)
    scope = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=PROPOSED)
    plan = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.BigIntegerField(null=True)
    proposed_post = models.CharField(max_length=60, blank=True)
    on_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_post = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_post = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["proposed", "on"]),
                name="overlay_live",
            ),
            models.Index(fields=["-on_at"], name="overlay_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class OverlayPlan(models.Model):
    """One version of what is to be done when an overlay is switched on: a document of the council.

    `steps`: who did what when, oldest first: {"at": epoch s, "what", "post", "staff"}.
    """

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=48)
    number = models.IntegerField()
    text = models.TextField()
    state = models.CharField(max_length=8, default=DRAFT)
    opened_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)  # grows with every change, to refuse a stale form
    steps = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["code", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "number"], name="plan_number"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class PlanComment(models.Model):
    """What an invited member of the council, or somebody of the centre, says of a plan (I14)."""

    id = models.BigIntegerField(primary_key=True)
    plan = models.ForeignKey(OverlayPlan, on_delete=models.PROTECT, related_name="comments")
    post = models.CharField(max_length=60)
    staff_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.post} {self.at:%Y-%m-%d}"


class OverlayTask(models.Model):
    """Work on many cases that a worker does in batches, and how far it is.

    `params`: of `group`: {"lead", "categories", "district", "since"}; of `pause`: {"until"}.
    """

    id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(OverlayRun, on_delete=models.CASCADE, related_name="tasks")
    what = models.CharField(max_length=8)
    params = models.JSONField(default=dict)
    staff_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)  # id of the last case looked at
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    passed_over = models.IntegerField(default=0)  # cases that had moved on meanwhile
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(finished_at=None),
                name="overlay_task_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.done}/{self.total}"
