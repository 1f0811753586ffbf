"""The conf room as a Django app: it brings the system checks and the set-up commands."""

from django.apps import AppConfig


class ConfConfig(AppConfig):
    """Registers the checks of `peygir.conf.checks`."""

    name = "peygir.conf"
    label = "conf"

    def ready(self) -> None:
        """Import the checks for their registration."""
        from peygir.conf import checks  # noqa: F401 - imported for its registrations
