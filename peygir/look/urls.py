"""Addresses of this room; included at the root by conf."""

from django.urls import path

from peygir.look import views

app_name = "look"
urlpatterns = [
    # Browsers ask for it on pages that name no icon, such as pictures and files.
    path("favicon.ico", views.icon, name="icon"),
    path("theme", views.theme, name="theme"),
    path("dev/look", views.guide, name="guide"),
]
