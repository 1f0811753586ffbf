"""What was drawn for inspection, and what was found: codes and numbers, never a word of anybody.

Words and pictures of a visit are kept by the visit itself (`people.Inspection`).
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from peygir.cases.checking import FOUND


class Draw(models.Model):
    """A list of claims: the first of a week is drawn by the worker, each further one by somebody.

    With `seed`, which follows from the signed root of a log of `size` leaves, and `pool` anybody
    repeats what was drawn at random.
    """

    id = models.BigAutoField(primary_key=True)
    week = models.DateField()  # its Saturday
    number = models.SmallIntegerField(default=1)  # within the week
    seed = models.CharField(max_length=64, blank=True)  # "": of a leaf that is still to come
    size = models.BigIntegerField(null=True)  # None: there was no log yet
    pool = ArrayField(models.BigIntegerField())  # cases of all claims that might have been drawn
    wanted = models.SmallIntegerField(default=0)  # claims of the list (0: of old lists, not kept)
    by_lot = models.SmallIntegerField(default=0)  # how many of the list were drawn at random
    weights = models.SmallIntegerField()  # version of the points
    at = models.DateTimeField()
    staff_id = models.BigIntegerField(null=True)  # None: the worker

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "number"], name="draw_once"),
        ]

    def __str__(self) -> str:
        return f"inspections of {self.week}, {self.number}"


class Check(models.Model):
    """One claim that is to be looked at. `reasons`: [code, points, number] as `risk` gave them."""

    id = models.BigAutoField(primary_key=True)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="checks")
    case_id = models.BigIntegerField()
    cycle = models.SmallIntegerField()
    unit = models.CharField(max_length=40)  # who claimed it
    category = models.CharField(max_length=24, blank=True)
    district = models.SmallIntegerField(null=True)
    claimed_at = models.DateTimeField()
    by_lot = models.BooleanField()
    points = models.SmallIntegerField()
    reasons = models.JSONField(default=list)
    finding = models.CharField(max_length=9, blank=True)  # "": not looked at yet
    found_at = models.DateTimeField(null=True)
    post = models.CharField(max_length=60, blank=True)  # who said so
    staff_id = models.BigIntegerField(null=True)
    inspection = models.BigIntegerField(null=True)  # the visit by which it was found
    event = models.BigIntegerField(null=True)  # that tells it; None: found before events did

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "cycle"], name="check_claim_once"),
            models.CheckConstraint(
                condition=models.Q(finding="", found_at=None)
                | models.Q(finding__in=FOUND, found_at__isnull=False),
                name="check_found_at",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-found_at"], name="check_found")]

    def __str__(self) -> str:
        return f"check of {self.case_id}"
