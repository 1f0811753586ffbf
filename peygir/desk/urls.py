"""Addresses below /desk/: each module `urls_*` of this room lists its own."""

from django.urls import URLPattern, URLResolver

from peygir.desk.urls_analysis import urlpatterns as analysis
from peygir.desk.urls_contacts import urlpatterns as contacts
from peygir.desk.urls_crisis import urlpatterns as crisis
from peygir.desk.urls_erasures import urlpatterns as erasures
from peygir.desk.urls_follow import urlpatterns as follow
from peygir.desk.urls_log import urlpatterns as log
from peygir.desk.urls_main import urlpatterns as main
from peygir.desk.urls_openings import urlpatterns as openings
from peygir.desk.urls_policy import urlpatterns as policy
from peygir.desk.urls_special import urlpatterns as special
from peygir.desk.urls_wall import urlpatterns as wall

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    *main,
    *crisis,
    *follow,
    *log,
    *policy,
    *special,
    *wall,
    *contacts,
    *openings,
    *erasures,
    *analysis,
]
