from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_thanks"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="clock",
            name="clock_inbox",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("sealed", True)),
                fields=["about_post"],
                name="case_open_sealed",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("number__gt", 0), ("state__in", [1, 2])),
                fields=["unit", "due_at", "case"],
                include=("state",),
                name="clock_inbox",
            ),
        ),
    ]
