"""What the desks must remember while people work: who calls whom, and what a visit was answered."""

from typing import ClassVar

from django.db import models


class CallClaim(models.Model):
    """A case that somebody is about to call about; nobody else calls this case or this citizen.

    A lease: it ends by itself, so that a crash or a lunch break gives the call back.
    """

    case_id = models.BigIntegerField(primary_key=True)
    citizen_id = models.BigIntegerField(null=True, unique=True)  # None: the reporter is anonymous
    staff_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"call about {self.case_id}"


class VisitAnswer(models.Model):
    """What the server said to a field visit, so that the same visit sent twice is told the same."""

    visit = models.UUIDField(primary_key=True)
    staff_id = models.BigIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff_id", "-at"], name="visit_answer_staff")]

    def __str__(self) -> str:
        return f"answer to {self.visit}"
