"""The outbox. Rows hold codes and numbers; words and addresses are read at delivery."""

from typing import ClassVar, Final

from django.db import models

QUEUED: Final = "queued"
SENT: Final = "sent"  # a gateway took it
DELIVERED: Final = "delivered"  # the network says that it arrived
FAILED: Final = "failed"  # given up; `failure` says why
CANCELLED: Final = "cancelled"  # no longer true or wanted when its time came
DIGESTED: Final = "digested"  # part of somebody's digest


class Notice(models.Model):
    """One message to a citizen, a member of staff, or whoever holds a post or works in a unit.

    `template` names a text of the city ("sms.result"; of an e-mail its subject and body:
    "mail.breach"). `params`: codes and numbers that fill it; a one-time code is wiped once its
    message has gone. `paper_id`: the report to the citizen, read (and perhaps erased) by then.
    """

    id = models.BigAutoField(primary_key=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    audience = models.CharField(max_length=8)  # citizen, staff
    citizen_id = models.BigIntegerField(null=True)
    staff_id = models.BigIntegerField(null=True)
    post = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=8)  # sms, email
    template = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    paper_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    clock = models.SmallIntegerField(null=True)  # the clock that fired; it must still run
    level = models.SmallIntegerField(null=True)  # below 1: a warning; 1: the breach; above: rungs
    stage = models.CharField(max_length=40, blank=True)  # the case must still wait here
    language = models.CharField(max_length=5, default="fa")
    urgent = models.BooleanField(default=False)  # goes at night and on holidays, alone
    digest = models.BooleanField(default=False)  # waits for the digest of whoever is told
    simulated = models.BooleanField(default=False)  # never leaves through a real gateway
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=12, default=QUEUED)
    provider_id = models.CharField(max_length=120, blank=True)
    parts = models.SmallIntegerField(null=True)  # SMS that it took
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-urgent", "not_before"],
                condition=models.Q(state=QUEUED, digest=False),
                name="notice_due",
            ),
            models.Index(
                fields=["not_before"],
                condition=models.Q(state=QUEUED, digest=True),
                name="notice_digest",
            ),
            models.Index(
                fields=["case_id"], condition=models.Q(case_id__isnull=False), name="notice_case"
            ),
            models.Index(
                fields=["citizen_id", "-sent_at"],
                condition=models.Q(citizen_id__isnull=False, sent_at__isnull=False),
                name="notice_citizen_sent",
            ),
            models.Index(
                fields=["-made_at"], condition=models.Q(state=FAILED), name="notice_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class DevMessage(models.Model):
    """A message that would have gone, shown where no gateway is configured. Never in service."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=8)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    notice_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    parts = models.SmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="devmessage_newest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Heartbeat(models.Model):
    """When a loop last came round, so that its silence can be noticed."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
