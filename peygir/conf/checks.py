"""System checks: mistakes in the environment, told at start with their cure."""

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from peygir.conf.database import assert_persian_trigrams
from peygir.conf.options import OPTIONS
from peygir.conf.postgres import MAJOR_MIN


@register()
def environment_is_known(**kwargs: Any) -> list[CheckMessage]:
    """A misspelt PEYGIR_* variable would otherwise be ignored in silence."""
    known = {option.name for option in OPTIONS}
    unknown = sorted(
        name for name in os.environ if name.startswith("PEYGIR_") and name not in known
    )
    return [
        checks.Warning(f"{name} is not a setting of Peygir.", id="peygir.W001") for name in unknown
    ]


@register()
def city_exists(**kwargs: Any) -> list[CheckMessage]:
    """The city is a folder with a policy."""
    if (settings.PEYGIR_CITY_DIR / "policy.toml").is_file():
        return []
    hint = "PEYGIR_CITY names a folder under cities/ that has a policy.toml."
    return [Error(f"No city {settings.PEYGIR_CITY!r}.", hint=hint, id="peygir.E001")]


@register()
def addresses_are_complete(**kwargs: Any) -> list[CheckMessage]:
    """Addresses have a scheme and a host; a channel with an address has what goes with it."""
    found: list[CheckMessage] = []
    schemes = {
        "PEYGIR_BASE_URL": {"http", "https"},
        "PEYGIR_SMS_URL": {"http", "https"},
        "PEYGIR_OFFICE_URL": {"http", "https"},  # http on this machine only: the channel checks
        "PEYGIR_SMTP_URL": {"smtp", "smtps"},
    }
    for name, allowed in schemes.items():
        value = getattr(settings, name)
        parts = urlsplit(value)
        if value and (parts.scheme not in allowed or not parts.hostname):
            words = " or ".join(sorted(allowed))
            found.append(Error(f"{name} must be a full {words} address.", id="peygir.E002"))
    if settings.PEYGIR_SMS_URL and not settings.PEYGIR_SMS_SECRET:
        hint = "Without it inbound SMS are refused."
        found.append(checks.Warning("PEYGIR_SMS_SECRET is empty.", hint=hint, id="peygir.W002"))
    return found


@register(Tags.database)
def database_fits(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The server is new enough and its locale keeps Persian letters."""
    if not databases or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        major = cursor.connection.info.server_version // 10_000
        if major < MAJOR_MIN:
            words = f"PostgreSQL {major} is too old; {MAJOR_MIN} or newer is needed."
            return [Error(words, id="peygir.E003")]
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            assert_persian_trigrams(cursor.connection)
    return []
