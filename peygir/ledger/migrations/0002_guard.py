"""Extensions, Persian sorting, and the guard that keeps events as they were written."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from peygir.calendars.sorting import FA_KEY_SQL

GUARD = Path(__file__).with_suffix(".sql").read_text("utf-8")

# The served application connects as this role where it exists: it can add events, not change them.
ROLE = """
do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'peygir_app') then
    create role peygir_app nologin;
  end if;
exception
-- Roles belong to the whole server: another database that migrates now may have just made it.
when duplicate_object or unique_violation then
  null;
when insufficient_privilege then
  raise notice 'no right to create roles: events are kept by the trigger alone';
end $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL("create extension if not exists pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(FA_KEY_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
    ]
