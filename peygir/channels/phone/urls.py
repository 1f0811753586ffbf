"""The address that the telephone exchange calls, below /channels/phone/."""

from django.urls import path

from peygir.channels.phone import incoming

app_name = "channel_phone"
urlpatterns = [path("ring", incoming.ring, name="ring")]
