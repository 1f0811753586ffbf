"""The guard that keeps points as they were written."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

GUARD = Path(__file__).with_suffix(".sql").read_text("utf-8")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evaluation", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
