"""The analytics desk."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk.analysis import files, forecast, inspections, overview, places, rows, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("analysis/", overview.overview, name="analysis"),
    path("analysis/places/", places.places, name="analysis_places"),
    path("analysis/units/", units.units, name="analysis_units"),
    path("analysis/forecast/", forecast.forecast, name="analysis_forecast"),
    path("analysis/inspections/", inspections.inspections, name="analysis_inspections"),
    path("analysis/inspections/draw/", inspections.draw, name="analysis_inspections_draw"),
    path("analysis/inspections/csv/", inspections.sheet, name="analysis_inspections_csv"),
    path(
        "analysis/inspections/<int:check_id>/",
        inspections.record,
        name="analysis_inspections_record",
    ),
    path(
        "analysis/inspections/<int:check_id>/correction/",
        inspections.correct,
        name="analysis_inspections_correct",
    ),
    path("analysis/rows/", rows.rows, name="analysis_rows"),
    path("analysis/<slug:name>.csv", files.csv, name="analysis_csv"),
    path("analysis/<slug:name>.png", files.picture, name="analysis_png"),
]
