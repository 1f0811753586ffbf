import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0001_initial"),
        ("cases", "0004_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="Urgency",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="urgency",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("ground", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_by", models.CharField(blank=True, max_length=48)),
                ("acted_at", models.DateTimeField(null=True)),
                ("acted_by", models.CharField(blank=True, max_length=48)),
                ("crew", models.BigIntegerField(null=True)),
                ("action", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("event_id", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["since"], name="urgency_since"),
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["-since"],
                        name="urgency_running",
                    ),
                ],
            },
        ),
    ]
