"""The frame of a staff page: the menu of this person, where they start, what the keys do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext, gettext_noop

from peygir.boards import serving
from peygir.cases import may, overlays, policies, words
from peygir.desk.access import StaffRequest
from peygir.ledger.entry import Actor
from peygir.policy.asking import claims_work, reports_no_follow_up
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import IMPARTIAL


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
    Entry("letters", "desk:letters", gettext_noop("Letters")),
    Entry("social", "desk:social", gettext_noop("Social networks")),
    Entry("council", "desk:council", gettext_noop("Cases of the council")),
    Entry("head", "desk:head", gettext_noop("My units")),
    Entry("objections", "desk:objections", gettext_noop("Objections to non-follow-up")),
    Entry("outside", "desk:outside", gettext_noop("Outside bodies")),
    Entry("ranking", "desk:ranking", gettext_noop("Ranking")),
    Entry("analysis", "desk:analysis", gettext_noop("Analysis")),
    Entry("inspections", "desk:analysis_inspections", gettext_noop("Inspections by risk")),
    Entry("quality", "desk:quality", gettext_noop("Quality of answers")),
    Entry("contacts", "desk:contacts", gettext_noop("Contacts")),
    Entry("shifts", "desk:shifts", gettext_noop("Shifts")),
    Entry("organisation", "desk:organisation", gettext_noop("Organisation")),
    Entry("staff", "desk:staff", gettext_noop("Staff")),
    Entry("undelivered", "desk:undelivered", gettext_noop("Undelivered messages")),
    Entry("policy", "desk:policy", gettext_noop("Policy")),
    Entry("crisis", "desk:crisis", gettext_noop("Crisis and season")),
    Entry("audit", "desk:audit", gettext_noop("Audit log")),
    Entry("erasures", "desk:erasures", gettext_noop("Erasing cases")),
    Entry("openings", "desk:openings", gettext_noop("Openings")),
    Entry("public_log", "desk:public_log", gettext_noop("Public log")),
    Entry("office", "office:status", gettext_noop("Office automation")),
    Entry("simulator", "demo:simulator", gettext_noop("Simulator")),
)

#: Pages that are there for stages which some cities do not have -> the word of `DESKS`.
SERVES = {
    "feedback": "calls",
    "field": "field",
    "operations": "operations",
    "letters": "letters",
    "social": "social",
}
#: Pages that are there for something else which only some policies have.
HAS: Mapping[str, Callable[[CityPolicy], bool]] = {
    "council": lambda policy: may.has_part(policy, "council"),
    "objections": lambda policy: reports_no_follow_up(policy) is not None,
    "outside": lambda policy: bool(policy.organisation.outside_bodies),
    "inspections": claims_work,
    "crisis": lambda policy: bool(policy.overlays),
    "office": lambda policy: "office" in policy.city,
}
#: Roles that always have an inbox; others have one where a stage may wait with their unit.
INBOX = frozenset({"executive", "executive_head", "reception", "deputy", "mayor", "centre_head"})

#: Where a role starts; of several roles the first of this list counts.
HOMES = (
    ("operations", "operations"),
    ("supervisor", "operations"),
    ("reception", "console"),
    ("feedback", "feedback"),
    ("special_follow_up", "field"),
    ("correspondence", "letters"),
    ("social_media", "social"),
    ("executive_head", "head"),
    ("centre_head", "head"),
    ("deputy", "head"),
    ("mayor", "head"),
    ("admin", "staff"),
    ("executive", "inbox"),
    ("feedback", "quality"),  # where nobody is called: what citizens think of answers
    ("council", "council"),
    ("council", "objections"),
    ("auditor", "openings"),
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
        "nav": menu(request.actor, request.policy),
        "here": here,
        "keys": list(keys),
        "may_fast": may.open_page(request.actor, "console"),
        "may_season": may.open_page(request.actor, "season"),
        "may_search": may.open_page(request.actor, "search"),
        "reader": request.user.name(language),
        "reader_post": post.words.in_(language) if post else "",
        "logout_path": reverse("desk:logout"),
        "now": request.at,
        **(held(request.at) if request.policy.overlays else {}),
        "policy": request.policy,
        "language": language,
        **(context or {}),
    }
    return render(request, template, given, status=status)


def held(at: datetime) -> dict[str, Any]:
    """What the banner of every desk page says while an overlay holds (see crisis/banner.html)."""
    language, runs = get_language() or "fa", overlays.holding(at)
    shown = [
        {
            "code": run.overlay.code,
            "kind": run.overlay.kind,
            "words": run.overlay.words.in_(language),
            "banner": run.overlay.banner.in_(language),
            "where": words.scope_words(policies.current(), run.scope, language),
            "short": run.overlay.short,
        }
        for run in runs
    ]
    return {"held": shown, "held_seen": "-".join(str(run.id) for run in runs) or "none"}


def menu(actor: Actor, policy: CityPolicy) -> list[dict[str, str]]:
    """What this person may open and this city has, as base_staff.html draws it."""
    found = []
    for entry in ENTRIES:
        path = address(entry.address)
        if path and offers(policy, actor, entry.page):
            found.append({"name": entry.page, "path": path, "words": gettext(entry.words)})
    return found


def offers(policy: CityPolicy, actor: Actor, name: str) -> bool:
    """Whether this person may open a page, and the policy gives it anything to show."""
    return may.open_page(actor, name) and _has(policy, actor, name)


def home_of(actor: Actor, policy: CityPolicy) -> str:
    """Path of the page on which this person starts; the own account when there is none."""
    entries = {entry["name"]: entry["path"] for entry in menu(actor, policy)}
    for role, name in HOMES:
        if role in actor.roles and name in entries:
            return entries[name]
    return entries.get("inbox") or reverse("desk:account")


def _has(policy: CityPolicy, actor: Actor, name: str) -> bool:
    """Whether the policy gives the page anything to show to this person."""
    if name == "inbox":
        return bool(actor.roles & INBOX) or _may_hold(policy, actor)
    if name in HAS:
        return HAS[name](policy)
    return name not in SERVES or bool(serving.stages(policy, SERVES[name]))


def _may_hold(policy: CityPolicy, actor: Actor) -> bool:
    """Whether some stage that no page of its own serves may wait with one of their units."""
    served = {
        desk for page, desk in SERVES.items() if may.PAGES.get(page, frozenset()) & actor.roles
    }
    holders = {s.holder for s in policy.stages.values() if s.desk not in served}
    if IMPARTIAL in holders:
        holders |= set(policy.impartial)
    return bool(holders & actor.units)


def address(name: str) -> str:
    """The path of a named page, "" when this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
