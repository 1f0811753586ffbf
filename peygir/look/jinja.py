"""The Jinja2 environment of every page; settings name `peygir.look.jinja.environment`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context

from peygir.calendars import codes, phones
from peygir.look import charts, chips, dates, fields, numbers
from peygir.look.context import city_name, city_words, frame

EXTENSIONS = ("jinja2.ext.i18n", "jinja2.ext.do")


class Forgotten(StrictUndefined):
    """A name that nobody gave: it may be tested for, but printing it or looping over it fails."""

    # Jinja types these three as always failing; that they do not is the point.
    def __bool__(self) -> bool:  # type: ignore[override]  # see above
        return False

    def __eq__(self, other: object) -> bool:  # type: ignore[override]  # see above
        return isinstance(other, Undefined)

    def __hash__(self) -> int:  # type: ignore[override]  # see above
        return hash(type(self))


def environment(**options: Any) -> Environment:
    """The environment with this product's filters and globals; Django passes its own options.

    A name that the view forgot is an error, not an empty string on a citizen's page.
    """
    options["undefined"] = Forgotten
    env = Environment(
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=options.pop("autoescape", True),
        **options,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.filters.update({name: _when_rendered(shown) for name, shown in FILTERS.items()})
    env.filters["ago"] = ago
    env.globals.update(
        static=static,
        url=url,
        get_language=get_language,
        is_persian=numbers.is_persian,
        get_messages=get_messages,
        city_name=city_name,
        city_words=city_words,
        frame=frame,
        chips=chips,
        charts=charts,
        bound_widget=fields.bound_widget,
        weekdays=dates.weekdays,
        month_name=dates.month_name,
    )
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    """`url("portal:track", code=…)`: the path in the active language."""
    return reverse(name, args=args, kwargs=kwargs)


def code(value: object) -> SafeString:
    """A tracking code as people read it out: 050830-04217-4, isolated from the text around it."""
    digits = str(value)
    shown = codes.show(digits) if len(digits) == codes.LENGTH else digits
    return format_html('<bdi dir="ltr" class="code">{}</bdi>', numbers.fa(shown))


def phone(value: object) -> SafeString:
    """A phone number in national form, «۰۹۱۲ ۳۴۵ ۶۷۸۹»; what is no number is shown as it is."""
    text = str(value or "—")
    with suppress(phones.PhoneError):
        text = phones.show(text)
    return format_html('<bdi dir="ltr" class="phone">{}</bdi>', numbers.fa(text))


def dir_auto(value: object) -> SafeString:
    """What a person wrote, in the direction of its own first letter, lines kept."""
    return format_html('<div dir="auto" class="said">{}</div>', "" if value is None else value)


@pass_context
def ago(context: Context, value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """`dates.ago` at the time of the request. Without either (in a macro) the long date."""
    now = now or getattr(context.get("request"), "at", None)
    return dates.ago(value, now) if now else dates.jalali(value)


def _when_rendered(shown: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, asked anew for each page: Jinja would compute `12 | fa` once and keep it."""

    @pass_context
    def in_context(context: Context, *args: Any, **kwargs: Any) -> Any:
        return shown(*args, **kwargs)

    return in_context


FILTERS: dict[str, Callable[..., Any]] = {
    "fa": numbers.fa,
    "isolate": numbers.isolate,
    "listed": numbers.listed,
    "signed": numbers.signed,
    "percent": numbers.percent,
    "jalali": dates.jalali,
    "jalali_day": dates.jalali_day,
    "jalali_words": dates.jalali_words,
    "jalali_short": dates.jalali_short,
    "clock": dates.clock,
    "duration": dates.duration,
    "code": code,
    "phone": phone,
    "dir_auto": dir_auto,
}
