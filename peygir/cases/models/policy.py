"""Adopted policies: immutable, each from one event that carries the whole file."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PolicyVersion(models.Model):
    """`valid_from`: when it begins, everywhere or (if `staged`) at the first of its units."""

    digest = models.CharField(primary_key=True, max_length=64)
    number = models.IntegerField(unique=True)
    city = models.CharField(max_length=40)
    files = models.JSONField()
    adopted_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    staged = models.BooleanField(default=False, db_default=False)  # unit by unit (M11)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.city} {self.number}"


class Rollout(models.Model):
    """From `since` on, cases that begin at `unit` or below it follow a staged version.

    `unit` "": everywhere, which ends the stages. Rows are only ever added.
    """

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="rollout")
    unit = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "unit"], name="rollout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit or 'everywhere'} {self.since:%Y-%m-%d}"


class InForce(models.Model):
    """A version took force everywhere. Of several, the one with the highest number rules."""

    version = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, primary_key=True, related_name="force"
    )
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version_id[:12]} {self.since:%Y-%m-%d}"


class Told(models.Model):
    """Who learns of deadlines of `unit` under an older version whose ladder is another one.

    Written anew whenever the organisation changes; units without a row here are told by today's.
    """

    policy = models.CharField(max_length=64)
    unit = models.CharField(max_length=40)
    ladder = ArrayField(models.CharField(max_length=60))
    citizen_ladder = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "unit"], name="told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy[:12]} {self.unit}"


class Ending(models.Model):
    """What the database demands before it lets a case be closed this way."""

    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="endings")
    code = models.CharField(max_length=40)
    needs = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "code"], name="ending_once"),
        ]

    def __str__(self) -> str:
        return self.code


DRAFT = "draft"
PROPOSED = "proposed"
ADOPTED = "adopted"
REFUSED = "refused"
WITHDRAWN = "withdrawn"


class Draft(models.Model):
    """A new version that somebody prepares: working papers, not history (that is in the ledger).

    `steps`: who did what when, oldest first: {"at": epoch s, "what", "post", "staff"}; `rehearsal`:
    what a replay of the last days found; `rehearsed`: digest of the files that it was about.
    """

    id = models.BigIntegerField(primary_key=True)
    base = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="drafts")
    files = models.JSONField()
    state = models.CharField(max_length=9, default=DRAFT)
    valid_from = models.DateTimeField(null=True)  # None: at once when it is approved
    rollout = models.JSONField(default=list)  # [{"unit", "since": epoch seconds}]
    steps = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)  # grows with every change, to refuse a stale form
    asked_at = models.DateTimeField(null=True)  # a replay was asked for and is not done
    progress = models.JSONField(default=dict)  # {"done", "total"} of the replay that runs
    rehearsal = models.JSONField(null=True)
    rehearsed = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(asked_at__isnull=False),
                name="draft_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} {self.state}"
