"""Addresses of the observatory: whose figures, and of which period."""

from django.urls import path

from peygir.observatory import about, entries, opendata, pages

app_name = "observatory"
urlpatterns = [
    path("", pages.front, name="front"),
    path("ranking/", pages.ranking, name="ranking"),
    path("trends/", pages.trends, name="trends"),
    path("entries/", entries.entries, name="entries"),
    path("how/", about.how, name="how"),
    path("corrections/", about.corrections, name="corrections"),
    path("check/", about.check, name="check"),
    path("data/", opendata.data, name="data"),
    path("data/datapackage.json", opendata.datapackage, name="datapackage"),
    path("data/<str:period>.parquet", opendata.parquet_file, name="parquet"),
    path("feed.atom", opendata.feed, name="feed"),
    path("<str:what>/", pages.rows, name="rows"),
    path("<str:what>/<str:code>/", pages.row, name="row"),
]
