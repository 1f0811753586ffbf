"""How often a password or a code may be tried: for each account, and for each address."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest

from peygir.people import throttle

WINDOW: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 100  # a whole office may share one


def too_many(request: HttpRequest, what: str, account: str) -> bool:
    """Count one try of `what` (login, factor, password); True when it is one too many."""
    at: datetime = request.at  # type: ignore[attr-defined]  # set by the arrival middleware
    address = request.META.get("REMOTE_ADDR", "")
    try:
        throttle.hit(_of_address(what), address, at=at)
        throttle.hit(_of_account(what), account.casefold(), at=at)
    except throttle.TooOften:
        return True
    return False


def succeeded(what: str, account: str) -> None:
    """Forget the failed tries of an account that has proved itself."""
    throttle.forgive(_of_account(what), account.casefold())


def _of_account(what: str) -> throttle.Limit:
    return throttle.Limit(what=f"{what}-account", most=PER_ACCOUNT, per=WINDOW)


def _of_address(what: str) -> throttle.Limit:
    return throttle.Limit(what=f"{what}-address", most=PER_ADDRESS, per=WINDOW)
