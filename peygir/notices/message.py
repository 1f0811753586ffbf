"""What a channel is given to send, and how it says that it could not."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, composed. `to`: E.164 or an e-mail address; `subject` is empty in an SMS.

    `simulated`: it concerns nobody real and must not leave through a gateway.
    """

    notice_id: int
    channel: str
    to: str
    subject: str
    body: str
    parts: int
    at: datetime
    case_id: int | None = None
    simulated: bool = False


class Undeliverable(Exception):
    """A message did not go. `code` is short, holds no personal data, and is shown to staff."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Temporary(Undeliverable):
    """Try again later. `down`: so it is with every message; the gateway cannot be used."""

    def __init__(self, code: str, *, down: bool = False) -> None:
        super().__init__(code)
        self.down = down


class Permanent(Undeliverable):
    """Trying again cannot help: no such number, refused, not configured."""
