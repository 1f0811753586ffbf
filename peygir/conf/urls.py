"""All addresses: Persian at the root, English below /en/, machines without a language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from peygir.conf.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
]
urlpatterns += [
    path("channels/sms/", include("peygir.channels.sms.urls")),
    path("channels/phone/", include("peygir.channels.phone.urls")),
]
_pages = [
    ("", "peygir.look.urls"),
    ("dev/", "peygir.channels.outbox.pages"),
    ("", "peygir.demo.urls"),
    ("desk/", "peygir.desk.urls"),
    ("", "peygir.portal.urls"),
]
urlpatterns += i18n_patterns(
    *[path(prefix, include(module)) for prefix, module in _pages],
    prefix_default_language=False,
)
