from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "peygir.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
