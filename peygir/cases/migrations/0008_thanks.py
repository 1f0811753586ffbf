from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_overlays")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["about_unit", "-opened_at"],
                condition=models.Q(("about_unit", ""), _negated=True),
                name="case_about_unit",
            ),
        ),
    ]
