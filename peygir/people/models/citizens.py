"""Citizens and how to reach them: all of it erasable, none of it in an event."""

from typing import ClassVar

from django.db import models


class Citizen(models.Model):
    """Somebody who once got in touch, known by a phone number in E.164 form."""

    id = models.BigAutoField(primary_key=True)
    phone = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001 - NULL is "erased"
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, default="fa")
    first_seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # when a one-time code proved the number
    wants_sms = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"citizen {self.pk}"


class Reporter(models.Model):
    """One citizen's report of one case; a case may have many."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.BigIntegerField()
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.SET_NULL)  # None: anonymous
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=5, default="fa")
    at = models.DateTimeField()
    is_first = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="reporter_case"),
            models.Index(fields=["citizen", "-case_id"], name="reporter_citizen"),
        ]

    def __str__(self) -> str:
        return f"reporter of {self.case_id}"


class CaseKey(models.Model):
    """The secret that blinds a case's papers in the ledger; destroying it erases them for good."""

    case_id = models.BigIntegerField(primary_key=True)
    key = models.BinaryField()

    def __str__(self) -> str:
        return f"key of {self.case_id}"


class OneTimeCode(models.Model):
    """A short code sent to a phone. Only its digest is kept."""

    id = models.BigAutoField(primary_key=True)
    purpose = models.CharField(max_length=16)  # phone, visit
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE)
    case_id = models.BigIntegerField(null=True)
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["citizen", "-made_at"], name="code_citizen")]

    def __str__(self) -> str:
        return f"{self.purpose} code for {self.citizen_id}"


class Throttle(models.Model):
    """How often something was tried in a window; keys are digests, never numbers or addresses."""

    key = models.CharField(primary_key=True, max_length=80)
    window_ends_at = models.DateTimeField()
    count = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.key
