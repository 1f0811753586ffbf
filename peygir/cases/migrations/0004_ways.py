from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_climbed"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="about_case",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="about_post",
            field=models.CharField(blank=True, db_default="", default="", max_length=48),
        ),
        migrations.AddField(
            model_name="case",
            name="about_unit",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="case",
            name="counts",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="case",
            name="post",
            field=models.CharField(blank=True, db_default="", default="", max_length=48),
        ),
        migrations.AddField(
            model_name="case",
            name="sealed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="urgent",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="referral",
            name="post",
            field=models.CharField(blank=True, db_default="", default="", max_length=48),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("about_case__isnull", False)),
                fields=["about_case"],
                name="case_about",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(models.Q(("urgent", ""), _negated=True), ("closed_at", None)),
                fields=["-opened_at"],
                name="case_open_urgent",
            ),
        ),
    ]
