"""All addresses: Persian at the root, English below /en/, machines without a language."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from peygir.conf.health import health
from peygir.conf.wiring import CHANNELS

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("log/", include("peygir.ledger.log.serve")),
]
urlpatterns += [
    path(f"channels/{channel.rsplit('.', 1)[1]}/", include(f"{channel}.urls"))
    for channel in CHANNELS
    if find_spec(f"{channel}.urls")
]
_pages = [
    ("", "peygir.look.urls"),
    ("dev/", "peygir.channels.outbox.pages"),
    ("", "peygir.demo.urls"),
    ("desk/office/", "peygir.channels.office.pages"),
    ("desk/", "peygir.desk.urls"),
    ("observatory/", "peygir.observatory.urls"),
    ("", "peygir.portal.urls"),
]
urlpatterns += i18n_patterns(
    *[path(prefix, include(module)) for prefix, module in _pages],
    prefix_default_language=False,
)
