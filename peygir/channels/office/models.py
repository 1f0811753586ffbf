"""What the office automation was told, what it told us, and how the two compare. No citizen's word.

A row of `Handed` is the queue and the memory in one: it waits while `delivered` is behind
`version`, so that however often a referral changed, what is sent is how it stands.
"""

import uuid
from typing import ClassVar

from django.db import models

OPEN, CLOSED = "open", "closed"
DONE, PROPOSED, REFUSED = "done", "proposed", "refused"


class Handed(models.Model):
    """One referral of a case that the office automation serves. `id` is its name over there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    role = models.CharField(max_length=4)
    stage = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    post = models.CharField(max_length=48, blank=True)  # "": anybody of the unit
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)  # a word of project.OUTCOMES
    acknowledged_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    delivered = models.IntegerField(default=0)  # the version that they have taken
    delivered_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    failure = models.CharField(max_length=40, blank=True)
    there = models.CharField(max_length=8, blank=True)  # open, closed; "": not seen in their list
    there_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "number"], name="handed_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(version__gt=models.F("delivered")),
                name="handed_waiting",
            ),
            models.Index(
                fields=["there_at"], condition=models.Q(closed_at=None), name="handed_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Received(models.Model):
    """A message of theirs, under their own id: done once, and answered the same ever after."""

    id = models.CharField(primary_key=True, max_length=80)
    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)  # of the message, so that an id is not used twice
    handed = models.ForeignKey(Handed, null=True, on_delete=models.PROTECT)
    post = models.CharField(max_length=60, blank=True)
    personnel_number = models.CharField(max_length=20, blank=True)
    said_at = models.DateTimeField(null=True)  # when the manager did it, by their clock
    at = models.DateTimeField()  # when we took it; acts happen at this instant
    result = models.CharField(max_length=16)  # done, proposed, refused
    code = models.CharField(max_length=40, blank=True)  # why refused
    by_pull = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-at"], condition=models.Q(result="refused"), name="received_refused"
            ),
            models.Index(
                fields=["-at"], condition=~models.Q(result="refused"), name="received_taken"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Person(models.Model):
    """Whom a personnel number of the office automation stands for here."""

    number = models.CharField(primary_key=True, max_length=20)
    staff_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return self.number


class Contact(models.Model):
    """How the connection is: one row. After a failure everybody waits until `not_before`."""

    ok_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)  # in a row
    failure = models.CharField(max_length=40, blank=True)
    not_before = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)  # the last message of theirs with a true signature
    cursor = models.CharField(max_length=200, blank=True)  # how far their list was read
    whole_at = models.DateTimeField(null=True)  # when it was last read from its beginning
    compared_at = models.DateTimeField(null=True)
    is_wanted = models.BooleanField(default=False)  # somebody asked for a comparison now
    lease_until = models.DateTimeField(null=True)  # somebody is comparing

    def __str__(self) -> str:
        return self.failure or "ok"


class Reconciliation(models.Model):
    """One comparison with their list: what differed, and what was mended."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    whole = models.BooleanField()
    read = models.IntegerField(default=0)
    found = models.JSONField(default=dict)  # kind of difference -> how many
    mended = models.JSONField(default=dict)
    left = models.JSONField(default=list)  # [{kind, code, id}] that somebody must look at
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="reconciliation_newest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
