"""Adopted policies: immutable, each from one event that carries the whole file."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PolicyVersion(models.Model):
    digest = models.CharField(primary_key=True, max_length=64)
    number = models.IntegerField(unique=True)
    city = models.CharField(max_length=40)
    files = models.JSONField()
    adopted_at = models.DateTimeField()
    valid_from = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.city} {self.number}"


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
