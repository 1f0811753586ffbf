"""Second calls by lot, by somebody else than the first (clocks.md §3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0006_comparison"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondDraw",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("seed", models.CharField(max_length=64)),
                ("closings", models.IntegerField()),
                ("drawn", models.IntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SecondCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("case_id", models.BigIntegerField()),
                ("cycle", models.SmallIntegerField()),
                ("unit", models.CharField(max_length=40)),
                ("closed_at", models.DateTimeField()),
                ("first_staff", models.BigIntegerField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(null=True)),
                ("finding", models.CharField(blank=True, max_length=9)),
                ("found_at", models.DateTimeField(null=True)),
                ("staff_id", models.BigIntegerField(null=True)),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="boards.seconddraw",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finding", "")),
                        fields=["closed_at"],
                        name="second_call_waits",
                    ),
                    models.Index(fields=["unit", "closed_at"], name="second_call_unit"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case_id", "cycle"), name="second_call_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("found_at", None)),
                            models.Q(
                                models.Q(("finding", ""), _negated=True),
                                ("found_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="second_call_found_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("staff_id", models.F("first_staff")), _negated=True),
                        name="second_call_another",
                    ),
                ],
            },
        ),
    ]
