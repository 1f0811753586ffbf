from django.db import migrations, models

# Who got in touch before this table was there.
FILL = """
insert into boards_contact (event_id, at, channel, outcome, case_id, staff_id, article, body)
select e.id, e.happened_at, coalesce(e.facts->'case'->>'channel', e.facts->>'channel'), 'case',
 case when not coalesce(c.sealed, false) then e.subject_id end, e.staff_id, '', ''
from ledger_event e left join cases_case c on c.id = e.subject_id
where e.kind in ('case.registered', 'case.joined')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0003_handover"),
        ("cases", "0004_ways"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("channel", models.CharField(max_length=16)),
                ("outcome", models.CharField(max_length=16)),
                ("case_id", models.BigIntegerField(null=True)),
                ("staff_id", models.BigIntegerField(null=True)),
                ("article", models.CharField(blank=True, max_length=48)),
                ("body", models.CharField(blank=True, max_length=48)),
            ],
            options={"indexes": [models.Index(fields=["at"], name="contact_at")]},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
