"""Counts of contacts, shifts, and the quality of answers."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import counts

urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", counts.counts, name="contacts"),
    path("contacts.csv", counts.counts_csv, name="contacts_csv"),
]
