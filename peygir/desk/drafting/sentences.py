"""What the policy desk says: refusals, states, and who did what with a draft."""

from typing import Any

from django.utils.translation import gettext as _

from peygir.cases.drafts import DraftError
from peygir.policy.errors import PolicyError
from peygir.policy.findings import Finding
from peygir.policy.reasons import say

TONES = {
    "draft": "info",
    "proposed": "warn",
    "adopted": "ok",
    "refused": "danger",
    "withdrawn": "neutral",
}


def refusal(wrong: DraftError) -> str:
    """What to do about a step that was refused."""
    return {
        "gone": _("There is no such draft."),
        "stale": _(
            "Another version was adopted since this draft was begun. Begin a new draft from it and "
            "make your changes there."
        ),
        "changed": _("Somebody changed this draft meanwhile. Look at it as it is now."),
        "state": _("This cannot be done with the draft as it stands now."),
        "same_person": _("Whoever wrote a part of a draft cannot approve it."),
        "nothing": _("This draft changes nothing yet."),
        "unsound": _("The draft has faults; mend them first."),
    }[wrong.code]


def fault(wrong: PolicyError | Finding, language: str) -> dict[str, str]:
    """A finding of the loader or the checker: its place and its reason."""
    return {"file": wrong.file, "key": wrong.key, "words": say(wrong.reason, language)}


def states() -> dict[str, str]:
    return {
        "draft": _("being drafted"),
        "proposed": _("waits for a second person"),
        "adopted": _("adopted"),
        "refused": _("refused"),
        "withdrawn": _("given up"),
    }


def steps() -> dict[str, str]:
    return {
        "opened": _("began the draft"),
        "changed": _("changed it"),
        "planned": _("set the date"),
        "proposed": _("sent it to a second person"),
        "taken_back": _("took it back"),
        "withdrawn": _("gave it up"),
        "refused": _("refused it"),
        "approved": _("approved it"),
    }


def state_chip(state: str) -> dict[str, Any]:
    return {"tone": TONES[state], "words": states()[state]}
