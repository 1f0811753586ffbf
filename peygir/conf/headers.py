"""Security headers on every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from peygir.look.live import live_address

GetResponse = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: GetResponse) -> GetResponse:
    """Middleware: nothing but our own files, no framing, no sensors but those we ask for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        live_origin = "/".join(live_address(request).split("/", 3)[:3])
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data: blob:; "
            f"connect-src 'self' {live_origin}; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(self), microphone=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware
