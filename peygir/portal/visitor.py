"""Who is at the other end: a browser with signed cookies, no account and no session.

`citizen` cookie: the number of a used one-time code, so that signing out ends the sign-in itself.
`opened` cookie: cases whose details this browser may see, each with the reporter it stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from peygir.people import codes
from peygir.people.models import Citizen, OneTimeCode

CITIZEN: Final = "peygir_citizen"  # used code's row id
OPENED: Final = "peygir_opened"  # "case.reporter" pairs, newest first
PENDING: Final = "peygir_pending"  # citizen id whose phone is being confirmed, and since when
DONE: Final = "peygir_done"  # case id just registered here, and "joined" or ""
OPENED_MAX: Final = 20
REMEMBERED_S: Final = int(codes.SIGNED_IN_FOR.total_seconds())
BRIEFLY_S: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`citizen`: who proved a phone in this browser. `opened`: case id -> reporter id."""

    citizen: Citizen | None
    sign_in: int | None
    opened: Mapping[int, int]
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """`citizen_id` is 0 when the number is unknown to us: the page behaves the same."""

    citizen_id: int
    sent_at: datetime


def read(request: HttpRequest) -> Visitor:
    """The visitor behind a request; forged or stale cookies count as none."""
    row = _number(_cookie(request, CITIZEN, REMEMBERED_S))
    at: datetime = request.at  # type: ignore[attr-defined]  # set on arrival by conf.door
    citizen = codes.signed_in(row, at=at) if row else None
    return Visitor(
        citizen=citizen,
        sign_in=row if citizen else None,
        opened=_opened(request),
        address=address(request),
    )


def address(request: HttpRequest) -> str:
    """The network address to count tries by. Behind the HTTPS proxy, the one that it appended."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.IS_HTTPS and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def remember_sign_in(response: HttpResponse, row: OneTimeCode) -> None:
    _set(response, CITIZEN, str(row.pk), REMEMBERED_S)


def forget(response: HttpResponse, *names: str) -> None:
    for name in names or (CITIZEN, OPENED, PENDING, DONE):
        response.delete_cookie(name, samesite="Lax")


def remember_opened(request: HttpRequest, response: HttpResponse, case: int, reporter: int) -> None:
    """From now on this browser sees the details of `case` as `reporter`."""
    pairs = {case: reporter} | {k: v for k, v in _opened(request).items() if k != case}
    kept = list(pairs.items())[:OPENED_MAX]
    _set(response, OPENED, "_".join(f"{k}.{v}" for k, v in kept), REMEMBERED_S)


def remember_pending(response: HttpResponse, citizen_id: int, *, at: datetime) -> None:
    _set(response, PENDING, f"{citizen_id}.{int(at.timestamp())}", BRIEFLY_S)


def pending(request: HttpRequest) -> Pending | None:
    """Whose code is awaited in this browser, if anybody's."""
    citizen, _, sent = _cookie(request, PENDING, BRIEFLY_S).partition(".")
    if not sent:
        return None
    return Pending(citizen_id=int(citizen), sent_at=datetime.fromtimestamp(int(sent), UTC))


def remember_done(response: HttpResponse, case_id: int, *, joined: bool) -> None:
    _set(response, DONE, f"{case_id}.{int(joined)}", BRIEFLY_S)


def done(request: HttpRequest) -> tuple[int, bool] | None:
    """(case id, joined) of what was just sent from this browser."""
    case, _, joined = _cookie(request, DONE, BRIEFLY_S).partition(".")
    number = _number(case)
    return None if number is None else (number, joined == "1")


def _opened(request: HttpRequest) -> dict[int, int]:
    pairs = (pair.partition(".") for pair in _cookie(request, OPENED, REMEMBERED_S).split("_"))
    return {int(case): int(reporter) for case, _, reporter in pairs if case and reporter}


def _cookie(request: HttpRequest, name: str, age: int) -> str:
    return request.get_signed_cookie(name, default="", salt=name, max_age=age) or ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _set(response: HttpResponse, name: str, value: str, age: int) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=name,
        max_age=age,
        httponly=True,
        samesite="Lax",
        secure=settings.IS_HTTPS,
    )
