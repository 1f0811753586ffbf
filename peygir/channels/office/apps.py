from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "peygir.channels.office"
    label = "channel_office"
    default_auto_field = "django.db.models.BigAutoField"
