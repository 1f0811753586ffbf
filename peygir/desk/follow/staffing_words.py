"""What a refused change of staff says to the reader."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from peygir.people.staffing import StaffingError


def sentences(wrong: StaffingError) -> Mapping[str, str]:
    """Field -> what to do about it."""
    known = {
        "taken": _("Somebody already has this user name; choose another one."),
        "missing": _("This is needed."),
        "format": _("This is not written as it should be; please look at the hint."),
        "too_long": _("This is too long."),
        "yourself": _("You cannot deactivate yourself; ask another administrator."),
        "inactive": _("This person is not active."),
        "active": _("This person is already active."),
        "already": _("This person already fills this post."),
        "unknown": _("Please choose one from the list."),
        "ended": _("This has already ended."),
        "before_start": _("The end must lie after the start, and ahead."),
    }
    return {name: known.get(code, code) for name, code in wrong.fields.items()}
