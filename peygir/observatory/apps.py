from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "peygir.observatory"
    label = "observatory"
