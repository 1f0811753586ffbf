"""Who asked that a case's words be destroyed, and who did it."""

from typing import ClassVar, Final

from django.db import models

ASKED: Final = "asked"
DONE: Final = "done"
WITHDRAWN: Final = "withdrawn"


class Erasure(models.Model):
    """One wish to erase a case, on its way from the person who asked to the one who confirms.

    `reason`: a code of `cases.erasing`; no text, for it would tell what nobody may know any more.
    """

    id = models.BigAutoField(primary_key=True)
    case_id = models.BigIntegerField()
    reason = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=ASKED)
    asked_post = models.CharField(max_length=60, blank=True)  # "": the worker, by age
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    ended_post = models.CharField(max_length=60, blank=True)
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], condition=models.Q(state=ASKED), name="one_open_erasure"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ASKED, ended_at=None)
                | (models.Q(state__in=[DONE, WITHDRAWN]) & models.Q(ended_at__isnull=False)),
                name="erasure_ended",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-ended_at"], name="erasure_newest")]

    def __str__(self) -> str:
        return f"erasure of {self.case_id}"
