"""Every page says so when simulated cases exist: one context processor, one remembered answer."""

import math
import time
from contextlib import suppress
from typing import Any, Final

from django.db import DatabaseError
from django.http import HttpRequest

from peygir.demo.models import Simulator

ASKS_EVERY_S: Final = 30.0


class _Memory:
    """What this process knows. Simulated cases never go away, so a yes holds for good."""

    found = False
    asked_at = -math.inf


def simulated(request: HttpRequest) -> dict[str, Any]:
    """`simulated` for templates (see look/base.html)."""
    return {"simulated": exists()}


def exists() -> bool:
    """Whether this database holds simulated cases; a no is asked again after ASKS_EVERY_S."""
    now = time.monotonic()
    if not _Memory.found and now - _Memory.asked_at >= ASKS_EVERY_S:
        _Memory.asked_at = now
        with suppress(DatabaseError):  # the page that says so must come up without a database
            _Memory.found = Simulator.objects.exists()
    return _Memory.found


def know(answer: bool) -> None:
    """Stop asking: the answer is `answer` for this process."""
    _Memory.found, _Memory.asked_at = answer, math.inf


def forget() -> None:
    """Ask again at once."""
    _Memory.found, _Memory.asked_at = False, -math.inf
