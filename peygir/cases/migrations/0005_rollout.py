import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

#: Every version adopted before took force at once.
IN_FORCE = """
insert into cases_inforce (version_id, since)
select digest, valid_from from cases_policyversion
"""
KEPT = """
create trigger cases_rollout_kept before update or delete on cases_rollout
  for each row execute function cases_guard_kept();
create trigger cases_inforce_kept before update or delete on cases_inforce
  for each row execute function cases_guard_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="InForce",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="force",
                        serialize=False,
                        to="cases.policyversion",
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="policyversion",
            name="staged",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("policy", models.CharField(max_length=64)),
                ("unit", models.CharField(max_length=40)),
                (
                    "ladder",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "citizen_ladder",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "unit"), name="told_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("files", models.JSONField()),
                ("state", models.CharField(default="draft", max_length=9)),
                ("valid_from", models.DateTimeField(null=True)),
                ("rollout", models.JSONField(default=list)),
                ("steps", models.JSONField(default=list)),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("asked_at", models.DateTimeField(null=True)),
                ("progress", models.JSONField(default=dict)),
                ("rehearsal", models.JSONField(null=True)),
                ("rehearsed", models.CharField(blank=True, default="", max_length=64)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="cases.policyversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("asked_at__isnull", False)),
                        fields=["asked_at"],
                        name="draft_asked",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40)),
                ("since", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollout",
                        to="cases.policyversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "unit"), name="rollout_once")
                ],
            },
        ),
        migrations.RunSQL(IN_FORCE, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
