"""What was written, photographed, said and seen: erasable; events hold ids and a blinded digest."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models


class Paper(models.Model):
    """One text.

    `search` is the normalised form (calendars.persian.search_key), empty when not searched.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(
        max_length=24
    )  # words, address, or a name of policy.vocabulary.EVIDENCE
    text = models.TextField()
    search = models.TextField(blank=True)
    staff_id = models.BigIntegerField(null=True)  # None: written by the citizen
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="paper_case"),
            GinIndex(SearchVector("search", config="simple"), name="paper_search"),
            # The newest ones first: a frequent word is found soon on the way back in time.
            models.Index(fields=["-id"], condition=~models.Q(search=""), name="paper_searched"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Photo(models.Model):
    """One picture below the photo folder, type checked, position read and metadata stripped."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)  # report, before, after, visit, signature, file (PDF)
    path = models.CharField(max_length=120)
    width = models.IntegerField()
    height = models.IntegerField()
    size_bytes = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    staff_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    lat_e6 = models.IntegerField(null=True)
    lon_e6 = models.IntegerField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="photo_case")]

    def __str__(self) -> str:
        return f"{self.kind} photo of {self.case_id}"


class Inspection(models.Model):
    """A field visit: where, when, what was found, and the citizen's own account (Q8)."""

    id = models.BigIntegerField(primary_key=True)
    visit = models.UUIDField(
        unique=True
    )  # made on the handset: the same visit is never stored twice
    case_id = models.BigIntegerField()
    staff_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    received_at = models.DateTimeField()
    finding = models.CharField(max_length=16)  # done, partly, not_done
    lat_e6 = models.IntegerField(null=True)
    lon_e6 = models.IntegerField(null=True)
    accuracy_m = models.IntegerField(null=True)
    findings = models.ForeignKey(Paper, null=True, on_delete=models.SET_NULL, related_name="+")
    statement = models.ForeignKey(Paper, null=True, on_delete=models.SET_NULL, related_name="+")
    photos = ArrayField(models.BigIntegerField(), default=list)
    signature = models.BigIntegerField(null=True)  # photo id of the citizen's signature

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="inspection_case")]

    def __str__(self) -> str:
        return f"inspection of {self.case_id}"


class Call(models.Model):
    """One telephone contact, in or out."""

    id = models.BigIntegerField(primary_key=True)
    direction = models.CharField(max_length=3)  # in, out
    citizen = models.ForeignKey("people.Citizen", null=True, on_delete=models.SET_NULL)
    phone = models.CharField(max_length=20, blank=True)
    extension = models.CharField(max_length=20, blank=True)
    staff_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["extension", "-rang_at"], name="call_extension"),
            models.Index(fields=["citizen", "-rang_at"], name="call_citizen"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} call {self.pk}"
