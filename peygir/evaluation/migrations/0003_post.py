"""Whose delay a point was: the post that held the case, and who answered for it then (M8)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evaluation", "0002_guard")]
    operations: ClassVar = [
        migrations.AddField(
            "point", "post", models.CharField(max_length=48, default="", db_default="")
        ),
        migrations.AddField("point", "staff_id", models.BigIntegerField(null=True)),
    ]
