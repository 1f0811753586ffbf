from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "peygir.channels.api"
    label = "channel_api"
    default_auto_field = "django.db.models.BigAutoField"
