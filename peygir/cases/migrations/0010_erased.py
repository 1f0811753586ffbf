from django.db import migrations, models

#: What was erased before this column was.
ERASED = """
update cases_case c set erased_at = e.at from (
 select subject_id, max(happened_at) as at from ledger_event
 where kind = 'papers.erased' group by subject_id) e
where e.subject_id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_inbox_index"),
    ]

    operations = [
        migrations.AddField("case", "erased_at", models.DateTimeField(null=True)),
        migrations.RunSQL(ERASED, migrations.RunSQL.noop),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("closed_at__isnull", False))
                & (
                    models.Q(("erased_at", None))
                    | models.Q(("erased_at__lt", models.F("closed_at")))
                ),
                fields=["closed_at"],
                name="case_kept",
            ),
        ),
    ]
