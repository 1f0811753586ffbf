"""Erasing closed cases."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import erasures

urlpatterns: list[URLPattern | URLResolver] = [
    path("erasures/", erasures.erasures, name="erasures"),
    path("erasures/ask/", erasures.ask, name="erasure_ask"),
    path("erasures/<slug:code>/confirm/", erasures.confirm, name="erasure_confirm"),
    path("erasures/<slug:code>/withdraw/", erasures.withdraw, name="erasure_withdraw"),
]
