"""The address that other systems call, below /channels/api/."""

from django.urls import path

from peygir.channels.api import incoming

app_name = "channel_api"
urlpatterns = [path("cases", incoming.cases, name="cases")]
