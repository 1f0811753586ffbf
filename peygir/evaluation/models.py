"""Points, which are never changed, and what came of objections to them."""

from typing import ClassVar, Final

from django.db import models

BREACH: Final = "breach"  # the deadline was missed
RUNG: Final = "rung"  # it stayed missed until somebody higher up learnt of it
REVERSAL: Final = "reversal"  # an objection was accepted; the sum of both is nothing

PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"


class Point(models.Model):
    """Points of a district or organisation for one event (Q10). A trigger refuses all but inserts.

    `points` is negative for lateness and positive for a reversal. `level`: the highest threshold
    that the event reached, 1 being the breach; `levels`: how many it stands for (a sweep that comes
    late finds several rungs at once and writes one event).
    """

    id = models.BigAutoField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    case_id = models.BigIntegerField()
    scored = models.CharField(max_length=40)  # who bears it
    unit = models.CharField(max_length=40)  # who held the case
    post = models.CharField(max_length=48, default="", db_default="")  # that held it; "": any post
    staff_id = models.BigIntegerField(null=True)  # who answered for that post at `at`
    reason = models.CharField(max_length=8)
    level = models.SmallIntegerField()
    levels = models.SmallIntegerField()
    points = models.SmallIntegerField()
    rule_version = models.IntegerField()
    at = models.DateTimeField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["scored", "-at"], name="point_scored"),
            models.Index(fields=["unit", "-at"], name="point_unit"),
            models.Index(fields=["case_id"], name="point_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reason=REVERSAL, points__gte=0, reverses__isnull=False)
                | (~models.Q(reason=REVERSAL) & models.Q(points__lte=0, reverses=None)),
                name="point_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.scored}"


class Appeal(models.Model):
    """A head's objection to a point, and the answer of the centre's head."""

    id = models.BigAutoField(primary_key=True)
    point = models.OneToOneField(Point, on_delete=models.PROTECT, related_name="appeal")
    reason = models.TextField()
    filed_at = models.DateTimeField()
    filed_post = models.CharField(max_length=60)
    filed_staff_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default=PENDING)
    answer = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_post = models.CharField(max_length=60, blank=True)
    decided_staff_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["filed_at"], condition=models.Q(state=PENDING), name="appeal_pending"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=PENDING, decided_at=None)
                | (models.Q(state__in=[ACCEPTED, REJECTED]) & models.Q(decided_at__isnull=False)),
                name="appeal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against point {self.point_id}"


class Sample(models.Model):
    """Answers of one week drawn by lot for review (M3). With `seed` and the week's answers the draw
    can be repeated by anybody."""

    week = models.DateField(primary_key=True)  # its Saturday
    seed = models.CharField(max_length=32)
    answers = models.IntegerField()  # from how many it was drawn
    at = models.DateTimeField()
    staff_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"sample of {self.week}"


class Review(models.Model):
    """One drawn answer and what a reviewer found. Marks are 0 to 2; None: not reviewed yet."""

    event_id = models.BigIntegerField(primary_key=True)  # by which the answer was given
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="reviews")
    case_id = models.BigIntegerField()
    paper_id = models.BigIntegerField()
    unit = models.CharField(max_length=40)
    post = models.CharField(max_length=60, blank=True)
    complete = models.SmallIntegerField(null=True)
    correct = models.SmallIntegerField(null=True)
    courteous = models.SmallIntegerField(null=True)
    clear = models.SmallIntegerField(null=True)
    at = models.DateTimeField(null=True)
    staff_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sample", "unit"], name="review_sample")]

    def __str__(self) -> str:
        return f"review of {self.event_id}"
