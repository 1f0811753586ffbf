from django.apps import AppConfig


class PhoneConfig(AppConfig):
    name = "peygir.channels.phone"
    label = "channel_phone"
    default_auto_field = "django.db.models.BigAutoField"
