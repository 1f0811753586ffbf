"""Why a claim is worth a look, in words: of one claim, and in general (S26)."""

from django.utils.translation import gettext as _

from peygir.analysis import risk
from peygir.analysis.checks import Check
from peygir.desk.follow.common import language
from peygir.look.numbers import fa


def of_check(check: Check) -> list[tuple[str, int]]:
    """Each reason of a claim with its points, the weightiest first."""
    return [(reason(code, n), points) for code, points, n in check.reasons]


def reason(code: str, n: int) -> str:
    """One reason; `n` as `risk.Reason` has it."""
    mark = "٪" if language() == "fa" else "%"
    said = {"n": fa(n), "share": f"\u2066{fa(n)}{mark}\u2069"}  # kept together in a sentence
    match code:
        case "unit_false":
            return _("Of this unit's inspected claims %(share)s were false.") % said
        case "returned":
            return _("Said to be done before and found not done: %(n)s times.") % said
        case "no_photo":
            return _("There is no photo of the work.")
        case "copied":
            return _("Nearly the same words as in other claims of the unit: %(n)s in all.") % said
        case "recurs":
            return _("The same subject at the same place: %(n)s other cases in half a year.") % said
        case "unreached":
            nobody = _("Nobody left a number who could be asked.")
            return _("The citizen was called in vain: %(n)s times.") % said if n else nobody
        case "last_hour":
            return _("Said to be done %(n)s minutes before the deadline.") % said
        case _:
            return _("Took %(share)s of the usual time of its subject.") % said


def weights() -> list[tuple[str, str, int]]:
    """Code, what the reason is in general words, and its points."""
    words = {
        "unit_false": _(
            "Share of the unit's claims found false in half a year, by visits and lots alone"
        ),
        "returned": _("The case was said to be done before, and was not"),
        "no_photo": _("No photo of the work, where the step takes one"),
        "copied": _("Three claims of the unit or more with three fifths of their word pairs alike"),
        "recurs": _("Two other cases or more of the subject at the place within half a year"),
        "unreached": _("The citizen gave no word: called in vain, or no number"),
        "last_hour": _("Said to be done in the last hour before the deadline"),
        "quick": _("Done in a quarter of the subject's median time or less"),
    }
    return [(code, words[code], points) for code, points in risk.WEIGHTS.items()]
