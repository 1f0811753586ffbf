"""What was drawn for inspection, and what was found (S26)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0002_event"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("week", models.DateField(primary_key=True, serialize=False)),
                ("seed", models.CharField(max_length=32)),
                (
                    "pool",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("by_lot", models.SmallIntegerField()),
                ("weights", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("staff_id", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("case_id", models.BigIntegerField()),
                ("cycle", models.SmallIntegerField()),
                ("unit", models.CharField(max_length=40)),
                ("category", models.CharField(blank=True, max_length=24)),
                ("district", models.SmallIntegerField(null=True)),
                ("claimed_at", models.DateTimeField()),
                ("by_lot", models.BooleanField()),
                ("points", models.SmallIntegerField()),
                ("reasons", models.JSONField(default=list)),
                ("finding", models.CharField(blank=True, max_length=9)),
                ("found_at", models.DateTimeField(null=True)),
                ("post", models.CharField(blank=True, max_length=60)),
                ("staff_id", models.BigIntegerField(null=True)),
                ("inspection", models.BigIntegerField(null=True)),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="analysis.draw",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-found_at"], name="check_found")],
                "constraints": [
                    models.UniqueConstraint(fields=("case_id", "cycle"), name="check_claim_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("found_at", None)),
                            models.Q(
                                ("finding__in", ("confirmed", "false", "unclear")),
                                ("found_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="check_found_at",
                    ),
                ],
            },
        ),
    ]
