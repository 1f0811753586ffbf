"""Addresses of citizens. None carries anything about a person; a code alone shows only a status."""

from django.urls import path

from peygir.portal import about, confirm, crisis, feedback, mine, questions, receipt, report, track

app_name = "portal"
urlpatterns = [
    path("", about.home, name="home"),
    path("crisis/", crisis.crisis, name="crisis"),
    path("crisis/send/", crisis.send, name="crisis_send"),
    path("report/", report.report, name="report"),
    path("report/hints/", report.hints, name="hints"),
    path("report/done/", report.done, name="done"),
    path("report/done/promise/", receipt.promise_file, name="promise"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/file/", receipt.receipt_file, name="receipt_file"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("confirm/again/", confirm.again, name="again"),
    path("track/", track.track, name="track"),
    path("t/<str:code>", track.status, name="status"),
    path("t/<str:code>/open/", track.unlock, name="open"),
    path("t/<str:code>/photo/<int:photo>/", track.photo, name="photo"),
    path("t/<str:code>/answer/", feedback.answer, name="answer"),
    path("t/<str:code>/object/", feedback.object_to, name="object"),
    path("a/<str:token>", track.link, name="link"),
    path("mine/", mine.mine, name="mine"),
    path("mine/settings/", mine.settings, name="settings"),
    path("mine/out/", mine.sign_out, name="sign_out"),
    path("help/", about.help_page, name="help"),
    path("help/questions/", questions.questions, name="questions"),
    path("privacy/", about.privacy, name="privacy"),
    path("accessibility/", about.accessibility, name="accessibility"),
]
