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


class ToldTerm(models.Model):
    """A term of an office that the log was told of, or (`holder` None) that nobody holds it.

    `holder`: id of a member of staff, which no leaf says.
    """

    id = models.BigAutoField(primary_key=True)
    post = models.CharField(max_length=60)
    number = models.IntegerField()
    since = models.DateTimeField()
    holder = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post", "id"], name="told_term")]

    def __str__(self) -> str:
        return f"{self.post} {self.number}"


class FoldedCase(models.Model):
    """What figures remember of a case (`verify.matters`), by its public name."""

    case = models.CharField(max_length=22, primary_key=True)
    is_open = models.BooleanField()
    data = models.JSONField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case"], condition=models.Q(is_open=True), name="folded_open")
        ]


class FoldedDay(models.Model):
    """Sums of one day (`verify.tallies`); days since 1970 in the city's time."""

    day = models.IntegerField(primary_key=True)
    data = models.JSONField()


class FoldedMonth(models.Model):
    """What a month holds beside its days; Jalali year * 12 + month - 1."""

    month = models.IntegerField(primary_key=True)
    data = models.JSONField()


class Folding(models.Model):
    """How far leaves are folded for good: one row, locked by whoever goes on.

    `size`: leaves over all years. `state`: what the fold itself remembers. `told`: leaves under
    the live figures published last.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    told = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)


class Figures(models.Model):
    """A figures file that was published for good; a revision follows the one that it revises."""

    id = models.BigAutoField(primary_key=True)
    period = models.CharField(max_length=10)
    revision = models.SmallIntegerField(default=0)
    year = models.SmallIntegerField()  # of the log that it lies beside
    size = models.BigIntegerField()  # leaves of that log
    before = models.BigIntegerField(default=0)  # leaves of the years before
    file = models.CharField(max_length=64)  # SHA-256
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "revision"], name="one_file_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.period} r{self.revision}"
