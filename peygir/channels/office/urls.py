"""The address that the office automation calls, below /channels/office/."""

from django.urls import path

from peygir.channels.office import incoming

app_name = "channel_office"
urlpatterns = [path("messages", incoming.messages, name="messages")]
