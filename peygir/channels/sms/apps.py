from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "peygir.channels.sms"
    label = "channel_sms"
    default_auto_field = "django.db.models.BigAutoField"
