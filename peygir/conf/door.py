"""The moment of arrival: the one place where a web request learns what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def arrival(get_response: GetResponse) -> GetResponse:
    """Middleware: set `request.at`, an aware UTC instant that every act of the request uses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]  # HttpRequest has no such field
        return get_response(request)

    return middleware
