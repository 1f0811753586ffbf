from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0008_drawn"),
    ]

    operations = [
        # The worker takes up everything anew, sums too.
        migrations.RunSQL(
            "delete from analysis_brief; delete from analysis_hop; delete from analysis_tally;"
            " delete from analysis_mark",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(model_name="mark", name="night", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="mark", name="seen", field=models.BigIntegerField(default=0)
        ),
        migrations.AddField(model_name="mark", name="left", field=models.IntegerField(default=0)),
        migrations.AddField(model_name="mark", name="nights", field=models.JSONField(default=list)),
        migrations.RemoveConstraint(model_name="tally", name="tally_once"),
        migrations.AddField(
            model_name="tally",
            name="seconds",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="tally",
            name="weeks",
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="tally",
            name="code",
            field=models.CharField(blank=True, max_length=84),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("dimension", "weeks", "week", "code", "step"), name="tally_once"
            ),
        ),
    ]
