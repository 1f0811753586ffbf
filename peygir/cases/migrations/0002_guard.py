"""The promises that the database itself holds (docs/decisions)."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

GUARD = Path(__file__).with_suffix(".sql").read_text("utf-8")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0001_initial"),
        ("ledger", "0002_guard"),
        ("people", "0001_initial"),
    ]
    operations: ClassVar = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
