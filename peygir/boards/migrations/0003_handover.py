import django.db.models.deletion
from django.db import migrations, models

# What was handed over before this table was there.
FILL = """
insert into boards_handover (event_id, case_id, body, at, post)
select id, subject_id, facts->'evidence'->>'outside_body', happened_at, actor_post
from ledger_event
where subject = 'case' and kind = 'case.stepped' and facts->'evidence' ? 'outside_body'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0002_urgency"),
        ("cases", "0004_ways"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("body", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("post", models.CharField(blank=True, max_length=60)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["body", "at"], name="handover_body")],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
