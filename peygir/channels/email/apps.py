from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "peygir.channels.email"
    label = "channel_email"
    default_auto_field = "django.db.models.BigAutoField"
