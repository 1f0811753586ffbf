"""The database wrapper that Django loads for ENGINE = "peygir.conf.engine"."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from peygir.conf import database


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the embedded server at the first connection of the process, not at import."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the socket folder of the embedded server as host."""
        socket_dir = _socket_dir(settings.PEYGIR_DATA_DIR, settings.PEYGIR_DB_OS_USER)
        name = self.settings_dict["NAME"]
        if name == settings.PEYGIR_DB_NAME:
            _database(socket_dir, name)
        self.settings_dict.update(HOST=str(socket_dir), PORT="5432", USER=database.SUPERUSER)
        return super().get_connection_params()


@cache
def _socket_dir(data_dir: Path, os_user: str) -> Path:
    return database.ensure(data_dir=data_dir, os_user=os_user)


@cache
def _database(socket_dir: Path, name: str) -> None:
    database.ensure_database(socket_dir=socket_dir, name=name)
