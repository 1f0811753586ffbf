"""All addresses: Persian at the root, English below /en/, machines without a language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from peygir.conf.health import health
from peygir.conf.wiring import is_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
]
urlpatterns += [
    path(f"channels/{channel.rsplit('.', 1)[1]}/", include(f"{channel}.urls"))
    for channel in settings.CHANNELS
    if is_here(f"{channel}.urls")
]
_pages = [
    ("", "peygir.look.urls"),
    ("dev/", "peygir.channels.outbox.pages"),
    ("", "peygir.demo.urls"),
    ("desk/", "peygir.desk.urls"),
    ("", "peygir.portal.urls"),
]
urlpatterns += i18n_patterns(
    *[path(prefix, include(module)) for prefix, module in _pages if is_here(module)],
    prefix_default_language=False,
)
