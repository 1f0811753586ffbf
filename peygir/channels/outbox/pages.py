"""Addresses of pages for developers."""

from django.urls import path

from peygir.channels.outbox import views

app_name = "dev"
urlpatterns = [path("outbox/", views.outbox, name="outbox")]
