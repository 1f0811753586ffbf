from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("channel_office", "0001_initial")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="received",
            index=models.Index(
                fields=["-at"],
                condition=models.Q(("result", "refused"), _negated=True),
                name="received_taken",
            ),
        )
    ]
