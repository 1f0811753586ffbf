"""A referral (ارجاع): who must act now."""

from typing import ClassVar

from django.db import models


class Referral(models.Model):
    """`number` counts from 1 within the case.

    One lead at a time; co-units (Q14) and tracks (I10) stand beside it.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="referrals")
    number = models.SmallIntegerField()
    role = models.CharField(max_length=4)  # lead, co
    stage = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    post = models.CharField(max_length=48, blank=True, default="", db_default="")  # "": any post
    cycle = models.SmallIntegerField()
    opened_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)  # a call may be tried again from here on
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)  # the step that closed it
    proposal = models.JSONField(null=True)  # {step, evidence, post} waiting for the head

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="referral_number"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(closed_at=None, role="lead"),
                name="one_open_lead",
            ),
            models.CheckConstraint(condition=~models.Q(unit=""), name="referral_has_holder"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "stage"],
                condition=models.Q(closed_at=None),
                name="referral_open_unit",
            ),
            models.Index(
                fields=["unit"],
                condition=models.Q(proposal__isnull=False),
                name="referral_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.number}"
