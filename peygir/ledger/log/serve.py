"""`/log/…`: the published folder over HTTP, for mirrors, verifiers and browsers; nothing else.

In production a web server in front may serve the folder itself, with the same headers.
"""

import re
from pathlib import Path
from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from peygir.ledger.log import files

FOR_EVER: Final = "public, max-age=31536000, immutable"
SOON: Final = "public, max-age=300"
MINUTE: Final = "public, max-age=60"
NOW: Final = "public, max-age=2"

NUMBER: Final = r"(x\d{3}/)*\d{3}(\.p/([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?"
YEAR: Final = r"\d{4}"
BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"

# (path, its type, how long it may be kept); what is not listed is not served.
SERVED: Final = [
    (re.compile(pattern), kind, kept)
    for pattern, kind, kept in (
        (rf"{YEAR}/checkpoint", TEXT, NOW),
        (rf"{YEAR}/tile/(\d|[1-5]\d|6[0-3])/{NUMBER}", BYTES, FOR_EVER),
        (rf"{YEAR}/tile/entries/{NUMBER}", BYTES, FOR_EVER),
        (rf"{YEAR}/rules/[0-9a-f]{{8,64}}\.json", "application/json", FOR_EVER),
        (rf"{YEAR}/stats/[0-9a-z-]{{1,40}}(\.r\d{{1,4}})?\.json", "application/json", SOON),
        (rf"{YEAR}/stats/[0-9a-z-]{{1,40}}(\.r\d{{1,4}})?\.csv", "text/csv; charset=utf-8", SOON),
        (rf"{YEAR}/policies/[0-9a-f]{{64}}\.txt", TEXT, FOR_EVER),
        (rf"{YEAR}/receipts/[0-9A-Z]{{2}}\.txt", TEXT, SOON),
        (rf"archives/log-{YEAR}\.tar", "application/x-tar", MINUTE),
        (r"verify\.py", "text/x-python; charset=utf-8", SOON),
        (r"verifiers/[0-9a-f]{64}\.py", "text/x-python; charset=utf-8", FOR_EVER),
        (r"(vkeys|policy|README)\.txt", TEXT, SOON),
    )
]


@require_safe
def published(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file of the published folder, to anybody and for any page; 404 for everything else."""
    for pattern, kind, kept in SERVED:
        if pattern.fullmatch(name):
            return _answer(files.root() / name, kind, kept)
    raise Http404


def _answer(file: Path, kind: str, kept: str) -> HttpResponseBase:
    try:
        answer = FileResponse(file.open("rb"), content_type=kind)
    except OSError:
        raise Http404 from None
    answer["Cache-Control"] = kept
    answer["Access-Control-Allow-Origin"] = "*"  # whoever checks may do it in a page of their own
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Content-Disposition"] = "inline"
    return answer


urlpatterns = [path("<path:name>", published, name="published_log")]
