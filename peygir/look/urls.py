"""Addresses of this room; included at the root by conf."""

from django.urls import path

from peygir.look import views

app_name = "look"
urlpatterns = [
    path("theme", views.theme, name="theme"),
    path("dev/look", views.guide, name="guide"),
]
