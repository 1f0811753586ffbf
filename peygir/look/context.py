"""What every page knows besides its own matter: city, today, languages, theme, simulation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True, kw_only=True)
class Language:
    """One entry of the language switch: `path` is this same page in it."""

    code: str
    name: str
    path: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame of a page: `today` is the door's time, `theme` is "", "light" or "dark"."""

    today: datetime | None  # None when an error came before the door's clock was read
    theme: str
    theme_path: str  # where the toggle posts to; "" when the door does not offer it
    path: str
    languages: tuple[Language, ...]
    simulated: bool


def frame(request: HttpRequest) -> Frame:
    """What base.html draws around the content of `request`'s page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    theme_path = ""
    with suppress(NoReverseMatch):
        theme_path = reverse("look:theme")
    path = request.get_full_path()
    return Frame(
        today=getattr(request, "at", None),
        theme=theme if theme in THEMES else "",
        theme_path=theme_path,
        path=path,
        languages=tuple(
            Language(
                code=code, name=name, path=translate_url(path, code), active=code == get_language()
            )
            for code, name in settings.LANGUAGES
        ),
        simulated=bool(getattr(settings, "SIMULATED_DATA", False)),
    )


def city_name(city: Any = None) -> str:
    """The city's name in the active language.

    `city` is a plain string, a mapping with `fa` and `en`, or an object that has these two or
    whose `name` is one of these. Without it the name in the served city's city.toml is used.
    """
    if not city:
        return city_words("municipality") or city_words("")
    if isinstance(city, str):
        return city
    language = get_language() or "fa"
    if isinstance(city, Mapping):
        return str(city.get(language) or city.get("fa", ""))
    if hasattr(city, "fa"):
        return str(getattr(city, language, city.fa))
    return city_name(getattr(city, "name", ""))


def city_words(key: str) -> str:
    """A text of city.toml in the active language ("centre", "municipality"), or a plain value.

    The empty key is the city's own name. What the file does not say is "".
    """
    data = _city_file(str(getattr(settings, "PEYGIR_CITY_DIR", "")))
    value = data if key == "" else data.get(key, "")
    if isinstance(value, Mapping):
        return str(value.get(get_language() or "fa") or value.get("fa", ""))
    return str(value)


@cache
def _city_file(folder: str) -> Mapping[str, Any]:
    """city.toml, {} when there is none: the start-up checks report that, a page must not fail."""
    try:
        return tomllib.loads((Path(folder) / "city.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
