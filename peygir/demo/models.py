"""What the simulator and the importer must remember between two runs."""

from typing import ClassVar, Final

from django.db import models

THE_ONE: Final = 1


class Simulator(models.Model):
    """The one switch of the simulator. Without a row this database has no simulated case."""

    id = models.SmallIntegerField(primary_key=True, default=THE_ONE)
    is_paused = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)  # the demo's past is complete up to here
    beat_at = models.DateTimeField(null=True)  # when the simulator last came round
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)  # of the staff

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=THE_ONE), name="one_simulator"),
        ]

    def __str__(self) -> str:
        return "paused" if self.is_paused else "running"


class ImportedRow(models.Model):
    """A row of a foreign system that became a case, so that no second run makes it again."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=40)  # name of the map
    key = models.CharField(max_length=80)  # the row's own id in that system
    case_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
