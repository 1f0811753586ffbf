"""The room's place in Django."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Templates under `jinja2/`, files under `static/`, the one catalogue under `locale/`."""

    name = "peygir.look"
    label = "look"
