"""Sending: one GET to Kannel's sendsms address, with the address of the delivery report."""

import ssl
from functools import cache
from typing import Final

import httpx
from django.conf import settings
from django.core import signing
from django.urls import reverse

from peygir.notices import dev, parts
from peygir.notices.message import Message, Permanent, Temporary

TIMEOUT_S: Final = 8
SALT: Final = "peygir.sms.delivery"
DLR_MASK: Final = 1 | 2 | 8 | 16  # arrived, failed, taken by the operator, refused by the operator
ACCEPTED: Final = 202
FORBIDDEN: Final = frozenset({401, 403})  # Kannel's answer to a wrong user or password
BUSY: Final = 500


def send(message: Message) -> str:
    """Hand one SMS to Kannel; gives its answer's first words. Raises Temporary or Permanent.

    Without a configured address the text is shown to developers, and in service it has failed.
    """
    if not settings.PEYGIR_SMS_URL:
        if dev.is_open():
            return dev.keep(message)
        raise Permanent("not_configured")
    try:
        answer = httpx.get(
            settings.PEYGIR_SMS_URL,
            params=_params(message),
            timeout=TIMEOUT_S,
            verify=_authorities(),
        )
    except httpx.HTTPError:
        raise Temporary("gateway_down", down=True) from None  # its text holds the number
    if answer.status_code == ACCEPTED:
        return "kannel:" + answer.text[:1]
    if answer.status_code in FORBIDDEN:
        raise Temporary("gateway_login", down=True)  # a setting to put right, not a bad message
    if answer.status_code >= BUSY:
        raise Temporary("gateway_busy", down=True)
    raise Permanent("gateway_refused")


@cache
def _authorities() -> ssl.SSLContext:
    """Whom to believe; read once, because reading takes longer than sending."""
    return httpx.create_ssl_context()


def _params(message: Message) -> dict[str, str]:
    """Kannel's parameters; anything beyond the GSM letters travels as UCS-2."""
    return {
        "username": settings.PEYGIR_SMS_USER,
        "password": settings.PEYGIR_SMS_PASSWORD,
        "from": settings.PEYGIR_SMS_SENDER,
        "to": message.to,
        "text": message.body,
        "charset": "UTF-8",
        "coding": "0" if parts.is_gsm(message.body) else "2",
        "dlr-mask": str(DLR_MASK),
        "dlr-url": delivery_address(message.notice_id),
    }


def delivery_address(notice_id: int) -> str:
    """Where Kannel reports on this message; signed, so that nobody else can. `%d`: the outcome."""
    token = signing.Signer(salt=SALT).sign(str(notice_id))
    path = reverse("channel_sms:delivery")
    return f"{settings.PEYGIR_BASE_URL}{path}?token={token}&status=%d"
