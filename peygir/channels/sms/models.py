"""What has been received: a message that the gateway repeats counts once. No words are kept."""

from django.db import models


class Received(models.Model):
    id = models.CharField(primary_key=True, max_length=80)  # the gateway's own
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
