from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analysis", "0010_wanted")]

    operations = [
        # The worker takes up everything anew, sums too.
        migrations.RunSQL(
            "truncate analysis_brief, analysis_hop, analysis_tally, analysis_mark",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="Pair",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "pair",
                        "week",
                        "one",
                        "other",
                        "step",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seconds", models.BigIntegerField(default=0)),
                ("week", models.DateField()),
                ("step", models.IntegerField()),
                ("opened", models.IntegerField()),
                ("closed", models.IntegerField()),
                ("late", models.IntegerField()),
                ("again", models.IntegerField()),
                ("pair", models.SmallIntegerField()),
                ("one", models.CharField(blank=True, max_length=40)),
                ("other", models.CharField(blank=True, max_length=84)),
            ],
        ),
    ]
