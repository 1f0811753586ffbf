"""What the public log has been told already."""

from typing import ClassVar

from django.db import models


class RuleSet(models.Model):
    """A rule set that a year's log names; its file lies beside that log and is never changed."""

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField()  # Jalali
    digest = models.CharField(max_length=64)  # of the policy's files
    file = models.CharField(max_length=64)  # SHA-256 of the published file

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "digest"], name="one_rule_set_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} of {self.year}"


class Listed(models.Model):
    """How far the receipts of a year's log are listed."""

    year = models.SmallIntegerField(primary_key=True)
    base = models.BigIntegerField()  # leaves in the logs of the years before
    size = models.BigIntegerField(default=0)  # leaves of this one that are listed

    def __str__(self) -> str:
        return f"{self.size} of {self.year}"


class ToldDay(models.Model):
    """A day whose contacts the log was told of."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.day}"
