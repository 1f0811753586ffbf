from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_letter_attachments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("case_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=12)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("asked_post", models.CharField(blank=True, max_length=60)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("ended_post", models.CharField(blank=True, max_length=60)),
                ("ended_by", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-ended_at"], name="erasure_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("case_id",),
                        name="one_open_erasure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "asked")),
                            models.Q(
                                ("state__in", ["done", "withdrawn"]), ("ended_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="erasure_ended",
                    ),
                ],
            },
        ),
    ]
