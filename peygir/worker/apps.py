from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "peygir.worker"
    label = "worker"
