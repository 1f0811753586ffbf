"""The messages that would have gone, as phones and letter boxes show them."""

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peygir.calendars import phones
from peygir.notices import dev
from peygir.notices.models import DevMessage

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)»”]")


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages; `?channel=sms` or `email` shows one kind. 404 in service."""
    if not dev.is_open():
        raise Http404
    channel = request.GET.get("channel", "")
    channel = channel if channel in ("sms", "email") else ""
    shown = [
        (message, _recipient(message), _linked(message.body)) for message in dev.newest(channel)
    ]
    return render(request, "outbox/outbox.html", {"shown": shown, "channel": channel})


def _recipient(message: DevMessage) -> str:
    """A phone number as people write it; an e-mail address as it is."""
    if message.channel != "sms":
        return message.recipient
    try:
        return phones.show(message.recipient)
    except phones.PhoneError:
        return message.recipient


def _linked(text: str) -> SafeString:
    """The text, escaped, with its addresses as links."""
    pieces, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        link = f'<a href="{address}" dir="ltr">{address}</a>'
        pieces += [escape(text[end : found.start()]), link]
        end = found.end()
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped above
