"""Sending one e-mail by SMTP. `PEYGIR_SMTP_URL`: smtp://user:password@host:587, or smtps://….

With smtp:// the connection is encrypted by STARTTLS when the server offers it; `?starttls=require`
insists. A password is never sent unencrypted to another machine.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

from peygir.notices import dev
from peygir.notices.message import Message, Permanent, Temporary

TIMEOUT_S: Final = 8
PERMANENT_CODE: Final = 500  # replies from here on say that trying again cannot help
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def send(message: Message) -> str:
    """Hand one e-mail to the server; gives its Message-ID. Raises Temporary or Permanent.

    Without a configured server it is shown to developers, and in service it has failed.
    """
    if not settings.PEYGIR_SMTP_URL:
        if dev.is_open():
            return dev.keep(message)
        raise Permanent("not_configured")
    letter = _letter(message)
    try:
        server = _connect(urlsplit(settings.PEYGIR_SMTP_URL))
    except smtplib.SMTPAuthenticationError:
        raise Temporary("server_login", down=True) from None
    except (smtplib.SMTPException, OSError):
        raise Temporary("server_down", down=True) from None
    try:
        server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as refused:
        raise _by_code(max(code for code, _ in refused.recipients.values())) from None
    except smtplib.SMTPResponseException as answer:
        raise _by_code(answer.smtp_code) from None
    except (smtplib.SMTPException, OSError):
        raise Temporary("server_down", down=True) from None
    finally:
        with suppress(smtplib.SMTPException, OSError):  # it has taken the letter or not: settled
            server.quit()
    return str(letter["Message-ID"])


def _letter(message: Message) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = settings.PEYGIR_MAIL_FROM
    letter["To"] = message.to
    letter["Subject"] = " ".join(message.subject.split())
    letter["Date"] = message.at
    letter["Message-ID"] = make_msgid(str(message.notice_id), _domain())
    letter["Auto-Submitted"] = "auto-generated"  # out-of-office robots do not answer it
    letter.set_content(message.body)
    return letter


def _domain() -> str:
    return settings.PEYGIR_MAIL_FROM.rpartition("@")[2] or "localhost"


def _connect(url: SplitResult) -> smtplib.SMTP:
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        port = url.port or smtplib.SMTP_SSL_PORT
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, url.port or smtplib.SMTP_PORT, timeout=TIMEOUT_S)
    try:
        if url.scheme != "smtps":
            _encrypt(server, url, host, context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, url: SplitResult, host: str, context: ssl.SSLContext) -> None:
    server.ehlo()
    required = parse_qs(url.query).get("starttls") == ["require"]
    if server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
    elif required or (url.username and host not in LOCAL):
        raise smtplib.SMTPNotSupportedError("no encryption is offered")


def _by_code(code: int) -> Temporary | Permanent:
    return Permanent("server_refused") if code >= PERMANENT_CODE else Temporary("server_busy")
