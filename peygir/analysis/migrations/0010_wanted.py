from django.db import migrations, models


class Migration(migrations.Migration):
    """A list may wait for its seed, and then remembers how long it is to be."""

    dependencies = [("analysis", "0009_seasons")]

    operations = [
        migrations.AddField("draw", "wanted", models.SmallIntegerField(default=0)),
        migrations.AlterField("draw", "by_lot", models.SmallIntegerField(default=0)),
        migrations.AlterField("draw", "seed", models.CharField(blank=True, max_length=64)),
    ]
