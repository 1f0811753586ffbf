"""The queue that the database itself fills, and the guard of leaves."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text("utf-8")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0003_log")]
    operations: ClassVar = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
