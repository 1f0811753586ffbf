"""Only this room's addresses, for its own tests."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = i18n_patterns(
    path("", include("peygir.look.urls")),
    path("broken", broken),
    prefix_default_language=False,
)
