"""Letters, social networks, and members of the council in a case."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import council
from peygir.desk.letters import views as letters
from peygir.desk.social import views as social

urlpatterns: list[URLPattern | URLResolver] = [
    path("letters/", letters.register, name="letters"),
    path("letters/new/<slug:code>/<int:referral>/", letters.new, name="letter_new"),
    path("letters/<int:letter_id>/", letters.letter, name="letter"),
    path("letters/<int:letter_id>/change/", letters.change, name="letter_change"),
    path("letters/<int:letter_id>/sign/", letters.sign, name="letter_sign"),
    path("letters/<int:letter_id>/draft/", letters.take_back, name="letter_take_back"),
    path("letters/<int:letter_id>/send/", letters.send, name="letter_send"),
    path("letters/<int:letter_id>/reply/", letters.reply, name="letter_reply"),
    path("letters/<int:letter_id>/close/", letters.close, name="letter_close"),
    path("letters/<int:letter_id>/letter.pdf", letters.printed, name="letter_pdf"),
    path("letters/<int:letter_id>/letter.xml", letters.wire, name="letter_xml"),
    path("letters/<int:letter_id>/scan/", letters.scan, name="letter_scan"),
    path("social/", social.queue, name="social"),
    path("social/<slug:code>/<int:referral>/", social.track, name="social_track"),
    path("social/<slug:code>/<int:referral>/draft/", social.draft, name="social_draft"),
    path("social/<slug:code>/<int:referral>/approve/", social.approve, name="social_approve"),
    path("social/<slug:code>/<int:referral>/publish/", social.publish, name="social_publish"),
    path("social/<slug:code>/<int:referral>/answer/", social.answer, name="social_answer"),
    path("council/", council.home, name="council"),
    path("cases/<slug:code>/story/", council.story, name="story"),
    path("cases/<slug:code>/council/invite/", council.invite, name="invite"),
    path("cases/<slug:code>/council/withdraw/", council.uninvite, name="uninvite"),
]
