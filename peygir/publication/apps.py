from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "peygir.publication"
    label = "publication"
    default_auto_field = "django.db.models.BigAutoField"
