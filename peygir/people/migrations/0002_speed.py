"""Search from the newest paper back; counts of tries need no place in the write-ahead log."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_initial")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("search", ""), _negated=True),
                fields=["-id"],
                name="paper_searched",
            ),
        ),
        # A crash of the database forgets who tried how often in the last minutes, nothing else;
        # five counts per report are then not five waits for the disk.
        migrations.RunSQL(
            "alter table people_throttle set unlogged", "alter table people_throttle set logged"
        ),
    ]
