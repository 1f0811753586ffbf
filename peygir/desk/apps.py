from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "peygir.desk"
    label = "desk"
