"""Sign-in, console, inbox, case page and search."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import (
    account,
    bulk,
    case,
    console,
    home,
    inbox,
    search,
    signin,
    take,
    voices,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("login/", signin.sign_in, name="login"),
    path("logout/", signin.sign_out, name="logout"),
    path("second-factor/", signin.second_factor, name="second_factor"),
    path("account/", account.account, name="account"),
    path("console/", console.console, name="console"),
    path("console/caller/", console.caller, name="console_caller"),
    path("console/hints/", console.hints, name="console_hints"),
    path("console/about/", voices.about, name="console_about"),
    path("console/calls/", console.calls, name="console_calls"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bulk/", bulk.bulk, name="bulk"),
    path("search/", search.search, name="search"),
    path("photos/<int:photo_id>/", case.photo, name="photo"),
    path("cases/<slug:code>/", case.case, name="case"),
    path("cases/<slug:code>/steps/<slug:step>/", take.step, name="step"),
    path("cases/<slug:code>/approve/", take.approve, name="approve"),
    path("cases/<slug:code>/refuse/", take.refuse, name="refuse"),
    path("cases/<slug:code>/note/", take.note, name="note"),
    path("cases/<slug:code>/pause/", take.pause, name="pause"),
    path("cases/<slug:code>/resume/", take.resume, name="resume"),
]
