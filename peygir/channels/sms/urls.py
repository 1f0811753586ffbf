"""Addresses that Kannel calls, below /channels/sms/."""

from django.urls import path

from peygir.channels.sms import incoming

app_name = "channel_sms"
urlpatterns = [
    path("in", incoming.receive, name="in"),
    path("delivery", incoming.delivery, name="delivery"),
]
