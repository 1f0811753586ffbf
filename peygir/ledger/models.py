"""The one table from which every other table can be rebuilt, and the public log made from it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Something that happened. Insert-only: a trigger and the served role's rights both refuse the
    rest.

    `facts` holds codes, numbers and ids only: never a name, a free text or a phone number (ADR
    0003). What citizens and staff wrote lies in `people` and may be erased; its blinded digest
    stays here.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=16)  # case, policy, staff, inspection …
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=40, blank=True)
    cycle = models.SmallIntegerField(default=1)
    unit = models.CharField(max_length=40, blank=True)
    actor_kind = models.CharField(max_length=8)  # post, citizen, system
    actor_post = models.CharField(max_length=60, blank=True)
    staff_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    policy = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    papers = models.BinaryField(null=True)  # blinded digest of the papers that this event speaks of
    clock = models.SmallIntegerField(null=True)
    generation = models.SmallIntegerField(null=True)
    rung = models.SmallIntegerField(null=True)
    leaf_index = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "id"], name="event_subject"),
            models.Index(fields=["kind", "id"], name="event_kind"),
        ]
        constraints: ClassVar = [
            # A deadline fires once, however many workers run or die.
            models.UniqueConstraint(
                fields=["subject_id", "clock", "generation", "rung"],
                condition=models.Q(rung__isnull=False),
                name="one_event_per_rung",
            ),
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=["post", "citizen", "system"]),
                name="event_actor_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}:{self.subject_id}"


class Unsealed(models.Model):
    """An event that the public log has not taken up yet; a trigger adds one for each event."""

    event_id = models.BigIntegerField(primary_key=True)


class Note(models.Model):
    """A leaf that is about no event and waits for its place, such as a published figure."""

    id = models.BigAutoField(primary_key=True)
    body = models.JSONField()


class Chain(models.Model):
    """How far the leaves of one subject have come. `n`: how many; `prev`: 16 bytes of the last."""

    subject_id = models.BigIntegerField(primary_key=True)
    public = models.BinaryField(unique=True)  # 16 bytes; outlives the key that it was made from
    n = models.IntegerField()
    prev = models.BinaryField()


class Leaf(models.Model):
    """A leaf of the public log at its place. Insert-only, as events are.

    `index` counts on over the years; the place within a year's log is `index` - `Head.base`.
    """

    index = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(null=True, unique=True)
    body = models.BinaryField()


class Head(models.Model):
    """Where the log of this year stands: one row, locked while leaves are given their places."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=120)  # name of this year's log
    year = models.SmallIntegerField()  # Jalali
    base = models.BigIntegerField(default=0)  # leaves in the logs of the years before
    size = models.BigIntegerField(default=0)  # leaves in this one
    frontier = models.BinaryField()
    tidied = models.BigIntegerField(default=0)  # below this leaf superseded partial tiles are gone
    is_handed_over = models.BooleanField(default=False)  # names the keys of the next year's log

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="log_has_one_head")
        ]


class Checkpoint(models.Model):
    """A signed state of the log. `note`: the text with all its signatures."""

    id = models.BigAutoField(primary_key=True)
    origin = models.CharField(max_length=120)
    size = models.BigIntegerField()
    note = models.TextField()
    signed_at = models.DateTimeField()
    witnessed_at = models.DateTimeField(null=True)  # by the clocks of the witnesses' quorum
    anchored_at = models.DateTimeField(null=True)  # when it became a leaf of the log itself

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["origin", "size"], name="one_checkpoint_per_size")
        ]


class Asked(models.Model):
    """What a witness is known to have of a log, and when it last failed to answer."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    origin = models.CharField(max_length=120)
    size = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "origin"], name="one_memory_per_witness")
        ]


class Stop(models.Model):
    """Sealing stands still, and why. `reason`: a code of `log.stops`."""

    id = models.BigAutoField(primary_key=True)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reason"], condition=models.Q(cleared_at=None), name="one_open_stop"
            )
        ]
