"""Units and posts as the adopted policy draws them, and who fills a post when."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Unit(models.Model):
    """A place in the organisation. Codes come from the city's folder and are never reused."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=16)
    fa = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    district = models.SmallIntegerField(null=True)
    function = models.CharField(max_length=40, blank=True)
    scored = models.CharField(max_length=40)  # the district or organisation that bears its points
    # Post told at each threshold of a unit clock and of the citizen clock, so that the sweep needs
    # no tree.
    ladder = ArrayField(models.CharField(max_length=60), default=list)
    citizen_ladder = ArrayField(models.CharField(max_length=60), default=list)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.fa

    def name(self, language: str) -> str:
        return self.en if language.startswith("en") else self.fa


class Post(models.Model):
    """A post answers for something; people come and go."""

    code = models.CharField(primary_key=True, max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    fa = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    superior = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    roles = ArrayField(models.CharField(max_length=24), default=list)
    head = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.fa

    def name(self, language: str) -> str:
        return self.en if language.startswith("en") else self.fa


class Tenure(models.Model):
    """Who fills a post, from when to when."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tenures")
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="tenures")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "staff"], condition=models.Q(until=None), name="one_open_tenure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} in {self.post_id}"


class Delegation(models.Model):
    """A substitute who may act for a post while its holder is away (جانشین/تفویض)."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="delegations")
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="delegations")
    since = models.DateTimeField()
    until = models.DateTimeField()
    given_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.post_id}"
