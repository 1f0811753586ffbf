"""How the public log stands."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import public_log

urlpatterns: list[URLPattern | URLResolver] = [
    path("log/", public_log.public_log, name="public_log"),
]
