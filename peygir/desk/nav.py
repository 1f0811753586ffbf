"""The frame of a staff page: the menu of this person, where they start, what the keys do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext, gettext_noop

from peygir.cases import may
from peygir.desk.access import StaffRequest
from peygir.ledger.entry import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu: `page` is a name of `may.PAGES`, `address` that of its first view."""

    page: str
    address: str
    words: str


ENTRIES = (
    Entry("console", "desk:console", gettext_noop("Operator console")),
    Entry("operations", "desk:operations", gettext_noop("Operations centre")),
    Entry("inbox", "desk:inbox", gettext_noop("Inbox")),
    Entry("feedback", "desk:feedback", gettext_noop("Feedback queue")),
    Entry("field", "desk:field", gettext_noop("Field visits")),
    Entry("head", "desk:head", gettext_noop("My units")),
    Entry("ranking", "desk:ranking", gettext_noop("Ranking")),
    Entry("organisation", "desk:organisation", gettext_noop("Organisation")),
    Entry("staff", "desk:staff", gettext_noop("Staff")),
    Entry("undelivered", "desk:undelivered", gettext_noop("Undelivered messages")),
    Entry("policy", "desk:policy", gettext_noop("Policy")),
    Entry("audit", "desk:audit", gettext_noop("Audit log")),
    Entry("office", "office:status", gettext_noop("Office automation")),
    Entry("simulator", "demo:simulator", gettext_noop("Simulator")),
)

#: Where a role starts; of several roles the first of this list counts.
HOMES = (
    ("reception", "desk:console"),
    ("feedback", "desk:feedback"),
    ("special_follow_up", "desk:field"),
    ("executive_head", "desk:head"),
    ("centre_head", "desk:head"),
    ("deputy", "desk:head"),
    ("mayor", "desk:head"),
    ("admin", "desk:staff"),
    ("executive", "desk:inbox"),
)

Keys = Sequence[tuple[str, str]]


def show(
    request: StaffRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str = "",
    keys: Keys = (),
    status: int = 200,
) -> HttpResponse:
    """A page of this room with its menu; `here` is the current entry, `keys` the key help."""
    language = get_language() or "fa"
    post = request.policy.organisation.posts.get(request.actor.post)
    given = {
        "nav": menu(request.actor),
        "here": here,
        "keys": list(keys),
        "may_search": may.open_page(request.actor, "search"),
        "reader": request.user.name(language),
        "reader_post": post.words.in_(language) if post else "",
        "logout_path": reverse("desk:logout"),
        "now": request.at,
        "policy": request.policy,
        "language": language,
        **(context or {}),
    }
    return render(request, template, given, status=status)


def menu(actor: Actor) -> list[dict[str, str]]:
    """What this person may open, as base_staff.html draws it."""
    found = []
    for entry in ENTRIES:
        path = address(entry.address)
        if path and may.open_page(actor, entry.page):
            found.append({"name": entry.page, "path": path, "words": gettext(entry.words)})
    return found


def home_of(actor: Actor) -> str:
    """Path of the page on which this person starts; the own account when there is none."""
    for role, name in HOMES:
        path = address(name)
        if role in actor.roles and path:
            return path
    return reverse("desk:inbox") if may.open_page(actor, "inbox") else reverse("desk:account")


def address(name: str) -> str:
    """The path of a named page, "" when this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
