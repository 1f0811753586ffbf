from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "peygir.channels.outbox"
    label = "channel_outbox"
    default_auto_field = "django.db.models.BigAutoField"
