"""The one table from which every other table can be rebuilt."""

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
