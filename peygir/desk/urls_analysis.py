"""The analytics desk."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk.analysis import files, overview, places, rows, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("analysis/", overview.overview, name="analysis"),
    path("analysis/places/", places.places, name="analysis_places"),
    path("analysis/units/", units.units, name="analysis_units"),
    path("analysis/rows/", rows.rows, name="analysis_rows"),
    path("analysis/<slug:name>.csv", files.csv, name="analysis_csv"),
    path("analysis/<slug:name>.png", files.picture, name="analysis_png"),
]
