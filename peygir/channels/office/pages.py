"""Addresses of the staff page, below /desk/office/."""

from django.urls import path

from peygir.channels.office import views

app_name = "office"
urlpatterns = [
    path("", views.status, name="status"),
    path("again/", views.again, name="again"),
    path("people/", views.link_person, name="link"),
]
