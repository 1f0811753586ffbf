from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="brief",
            name="event",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RemoveIndex(model_name="brief", name="brief_place"),
        migrations.AddIndex(
            model_name="brief",
            index=models.Index(
                condition=models.Q(("cell__isnull", False), ("merged", False)),
                fields=["cell", "category", "day"],
                name="brief_place",
            ),
        ),
    ]
