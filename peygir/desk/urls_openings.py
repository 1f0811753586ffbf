"""The auditor's page: openings, lots and results."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import openings

urlpatterns: list[URLPattern | URLResolver] = [
    path("openings/", openings.openings, name="openings"),
    path("openings/open/", openings.open_one, name="openings_open"),
    path("openings/draw/", openings.draw, name="openings_draw"),
    path("openings/result/", openings.result, name="openings_result"),
]
