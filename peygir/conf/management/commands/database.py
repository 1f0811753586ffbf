"""`manage.py database start|stop|where`: the embedded PostgreSQL server by hand.

`role` prepares the role of PEYGIR_DB_APP_ROLE in any database and prints its name, or nothing when
the account may not make roles.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.conf import database, options
from peygir.conf.role import prepare_role


class Command(BaseCommand):
    """Start or stop the embedded server, or tell how psql reaches it."""

    help = "Start, stop or find the embedded PostgreSQL server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("what", choices=["start", "stop", "where", "role"])

    def handle(self, *args: Any, what: str, **kwargs: Any) -> None:
        """Do it; `stop` refuses while anybody else is connected."""
        if what == "role":
            self.stdout.write(database.APP_ROLE if prepare_role() else "")
            return
        if options.read("DATABASE_URL"):
            raise CommandError("DATABASE_URL is set: that server is not ours to start or stop.")
        data_dir, os_user = settings.PEYGIR_DATA_DIR, settings.PEYGIR_DB_OS_USER
        if what == "stop":
            down = database.stop(data_dir=data_dir, os_user=os_user)
            self.stdout.write("Stopped." if down else "Left running: somebody is connected.")
            return
        socket_dir = database.ensure(data_dir=data_dir, os_user=os_user)
        database.ensure_database(socket_dir=socket_dir, name=settings.PEYGIR_DB_NAME)
        self.stdout.write(f"psql -h {socket_dir} -U {database.SUPERUSER} {settings.PEYGIR_DB_NAME}")
