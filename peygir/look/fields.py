"""A Django form field as the `field` macro draws it: wired to its label, hint and error."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop

REQUIRED = gettext_noop("This field is required.")  # Django's message, in this product's words


def bound_widget(bound: BoundField, more: Mapping[str, str | bool | None]) -> SafeString:
    """The widget of `bound` with classes and ARIA wiring; `more` are further HTML attributes.

    The hint has the id `<id>-hint` and the error `<id>-error`, as the macro writes them; a true
    `hint` in `more` says that there is one. An attribute that is False or None is left out.
    """
    attrs: dict[str, str | bool] = {"class": _css_class(bound)}
    described = []
    if more.get("hint"):
        described.append(f"{bound.auto_id}-hint")
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    attrs |= {key: value for key, value in more.items() if value and key != "hint"}
    return bound.as_widget(attrs=attrs)


def _css_class(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxInput):
        return "tick"
    if isinstance(widget, Select):
        return "input select"
    return "input area" if isinstance(widget, Textarea) else "input"
