"""Official letters: what went out under whose name and number, and what came back."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

OUT, IN = "out", "in"
DRAFT, SIGNED, SENT, ANSWERED, CLOSED, CAME = (
    "draft", "signed", "sent", "answered", "closed", "came",
)  # fmt: skip


class Letter(models.Model):
    """One letter of a case. What it says is erasable; its number and its days stay.

    A letter that goes out has a number of ours (`year`, `serial`) from the moment it is sent; one
    that came in has the number of whoever wrote it (`theirs`), and `addressee` is its writer.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    referral = models.SmallIntegerField(null=True)  # number of the track that it belongs to
    direction = models.CharField(max_length=3)
    state = models.CharField(max_length=8)
    year = models.SmallIntegerField(null=True)  # Jalali
    serial = models.IntegerField(null=True)  # 1, 2, 3 … within the year, without a gap
    theirs = models.CharField(max_length=60, blank=True)
    dated = models.DateField(null=True)
    to_kind = models.CharField(max_length=8)  # body, unit, council, other
    to_code = models.CharField(max_length=60, blank=True)
    addressee = models.CharField(max_length=160)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    copies = ArrayField(models.CharField(max_length=160), default=list)  # رونوشت
    answers = models.ForeignKey(  # عطف
        "self", null=True, on_delete=models.PROTECT, related_name="replies"
    )
    follows = models.ForeignKey(  # پیرو
        "self", null=True, on_delete=models.PROTECT, related_name="followers"
    )
    refers_to = models.CharField(max_length=60, blank=True)  # عطف to a number that is not ours
    attachments = ArrayField(models.BigIntegerField(), default=list)  # photos of the case
    signatory = models.CharField(max_length=60, blank=True)  # post
    reply_by = models.DateTimeField(null=True)
    search = models.TextField(blank=True)
    at = models.DateTimeField()  # when it was first written down
    drafted_post = models.CharField(max_length=60)
    staff_id = models.BigIntegerField(null=True)
    signed_post = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    scan = models.CharField(max_length=120, blank=True)  # file below the photo folder
    scan_bytes = models.IntegerField(default=0)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="letter_case"),
            models.Index(
                fields=["reply_by"], condition=models.Q(state=SENT), name="letter_awaited"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "serial"],
                condition=models.Q(serial__isnull=False),
                name="letter_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DRAFT, SIGNED, CAME], serial=None)
                | models.Q(state__in=[SENT, ANSWERED, CLOSED], serial__isnull=False),
                name="letter_numbered_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"letter {self.pk}"

    @property
    def number(self) -> str:
        """1405/123, or the number that whoever wrote it gave it; "" before it has one."""
        return f"{self.year}/{self.serial}" if self.serial is not None else self.theirs

    @property
    def is_out(self) -> bool:
        return self.direction == OUT


class LetterSerial(models.Model):
    """The last number of a year. Its row is locked until the letter is sent: no gap, no double."""

    year = models.SmallIntegerField(primary_key=True)
    last = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.year}/{self.last}"
