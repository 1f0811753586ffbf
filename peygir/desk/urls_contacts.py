"""Counts of contacts, shifts, and the quality of answers."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import answers, counts, roster

urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", counts.counts, name="contacts"),
    path("contacts.csv", counts.counts_csv, name="contacts_csv"),
    path("shifts/", roster.roster, name="shifts"),
    path("shifts/change/", roster.change, name="shifts_change"),
    path("shifts/note/", roster.note, name="shifts_note"),
    path("quality/", answers.answers, name="quality"),
    path("quality/draw/", answers.draw, name="quality_draw"),
    path("quality/<int:event_id>/", answers.review, name="quality_review"),
]
