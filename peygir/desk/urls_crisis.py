"""Crisis and season."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk.crisis import fast, plan, season, switch, work

_RUN = "crisis/runs/<int:run_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("banner/", switch.banner, name="banner"),
    path("crisis/", switch.crisis, name="crisis"),
    path("crisis/live/", switch.live, name="crisis_live"),
    path("crisis/fast/", fast.fast, name="fast"),
    path("crisis/ask/<slug:code>/", switch.ask, name="crisis_ask"),
    path("crisis/plans/<slug:code>/", plan.plan, name="crisis_plan"),
    path(_RUN, work.report, name="crisis_report"),
    path(f"{_RUN}confirm/", switch.confirm, name="crisis_confirm"),
    path(f"{_RUN}off/", switch.off, name="crisis_off"),
    path(f"{_RUN}group/", work.group, name="crisis_group"),
    path(f"{_RUN}pause/", work.pause, name="crisis_pause"),
    path(f"{_RUN}report.pdf", work.report_pdf, name="crisis_pdf"),
    path(f"{_RUN}pauses.csv", work.pauses_csv, name="crisis_pauses"),
    path("season/<slug:code>/", season.season, name="season"),
    path("season/<slug:code>.csv", season.season_csv, name="season_csv"),
]
