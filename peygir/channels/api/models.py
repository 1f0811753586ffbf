"""What was handed over already, so that a repeated request is not a second case."""

from typing import ClassVar

from django.db import models


class HandedOver(models.Model):
    """One report of one client, under the client's own id for it."""

    client = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    case_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "reference"], name="handed_over_once")
        ]

    def __str__(self) -> str:
        return f"{self.client}:{self.reference}"
