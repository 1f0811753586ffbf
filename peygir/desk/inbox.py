"""The inbox page (کارتابل): late, due today, later; what was told upwards stands on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import inbox as board
from peygir.boards import thanks
from peygir.boards.inbox import Filters, Row
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases.models import Case
from peygir.cases.models.clock import PAUSED
from peygir.cases.policies import by_digest
from peygir.cases.words import post_name, unit_name
from peygir.desk import deadlines, nav, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.case import title
from peygir.look import chips
from peygir.look.numbers import listed
from peygir.policy.model import CityPolicy, Stage

FLAGS = ("long_running", "returned", "cycled", "proposed", "mine", "named")
NO_CODE = "000000000000"  # stands for a code, to make the address of cases once
SNIPPET = 90  # letters of the citizen's words in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as drawn. `band`: late, today, later, paused."""

    code: str
    href: str
    title: str
    snippet: str
    place: str
    status: str
    deadline: chips.Chip
    band: str
    note: str
    marks: Sequence[tuple[str, str]]  # tone, words


@page("inbox")
@never_cache
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    language = get_language() or "fa"
    filters = read_filters(request.GET, request)
    return show(request, filters, language, after=request.GET.get("after", "")[:60])


def show(
    request: StaffRequest,
    filters: Filters,
    language: str,
    *,
    after: str = "",
    results: Sequence[Any] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; `results` says what became of each case of a bulk act."""
    policy, at = request.policy, request.at
    ends = deadlines.day_ends(at)
    try:
        found = board.read(policy, request.actor, filters, at=at, day_ends=ends, after=after)
    except (
        ValueError,
        OverflowError,
        OSError,
    ):  # a page key that was tampered with: the first page
        found = board.read(policy, request.actor, filters, at=at, day_ends=ends, after="")
    drawn = Drawn(request, language, ends, several=len(found.units) > 1)
    given = {
        "filters": filters,
        "results": results,
        "thanks": thanks.of(policy, request.actor, at=at),
        "unit_name": lambda unit: unit_name(policy, unit, language),
        "bands": drawn.bands(found.rows),
        "told": _told(request, drawn, found.told),
        "counts": found.counts,
        "older": _with(request, after=found.older) if found.older else None,
        "newest": _with(request, after="") if after else None,
        "heading": _heading(policy, found.units, language),
        "stages": [(s.code, s.words.in_(language)) for s in policy.stages.values()],
        "categories": steps.categories(policy, language),
        "classes": [(c.code, c.words.in_(language)) for c in policy.classes.values()],
        "districts": steps.districts(policy, language),
        "units": _units(policy, request.actor.sees, language),
        "many_units": len(request.actor.sees) > 1,
        "flags": _flags(filters),
        "band_links": {name: _with(request, band=name, after="") for name in ("late", "today", "")},
        "bulk": bulk_choices(request),
        "executive_units": steps.units(policy, language),
    }
    return nav.show(request, "desk/inbox.html", given, here="inbox", keys=_keys(), status=status)


def _told(request: StaffRequest, drawn: "Drawn", rows: Sequence[Row]) -> list[Line]:
    """What was brought to their notice; a link only to what they may open."""
    ids = [row.case.pk for row in rows]
    visible = Case.objects.visible_to(request.actor).filter(pk__in=ids)
    may_open = set(visible.values_list("pk", flat=True)) if ids else set()
    lines = [drawn.line(row) for row in rows]
    return [
        line if row.case.pk in may_open else replace(line, href="")
        for line, row in zip(lines, rows, strict=True)
    ]


class Drawn:
    """Rows into lines, for one reader at one instant."""

    def __init__(
        self, request: StaffRequest, language: str, ends: datetime, *, several: bool
    ) -> None:
        self.policy, self.at, self.language, self.ends = request.policy, request.at, language, ends
        self.several = several  # units in this inbox: each row then says whose it is
        self.posts = request.actor.posts
        self.next_told: dict[tuple[str, int, bool, str, str], str] = {}
        self.href = reverse("desk:case", kwargs={"code": NO_CODE})

    def bands(self, rows: Sequence[Row]) -> list[tuple[str, str, list[Line]]]:
        """(name, heading, lines) of the bands that have any, in the order of urgency."""
        names = {
            "late": _("Late"),
            "today": _("Due today"),
            "later": _("Later"),
            "paused": _("Paused"),
            "citizen": _("With the citizen"),
        }
        lines = [self.line(row) for row in rows]
        found = [(n, words, [one for one in lines if one.band == n]) for n, words in names.items()]
        return [each for each in found if each[2]]

    def line(self, row: Row) -> Line:
        case, clock = row.case, row.clock
        policy = self._policy(case)
        chip = deadlines.chip(
            policy,
            clock,
            stage=row.stage,
            class_code=case.class_code,
            at=self.at,
            language=self.language,
        )
        words = " ".join(row.said.words.split())
        return Line(
            code=case.code,
            href=self.href.replace(NO_CODE, case.code),
            title=title(policy, case, self.language),
            snippet=words if len(words) <= SNIPPET else words[: SNIPPET - 1] + "…",
            place=self._place(row),
            status=case.status,
            deadline=chip,
            band=self._band(row),
            note=self._told(row),
            marks=self._marks(row),
        )

    def _policy(self, case: Case) -> CityPolicy:
        """That under which the case lives."""
        return self.policy if case.policy == self.policy.digest else by_digest(case.policy)

    def _stage(self, row: Row) -> Stage | None:
        return self._policy(row.case).stages.get(row.stage)

    def _band(self, row: Row) -> str:
        stage = self._stage(row)
        if stage is not None and stage.waits_for_citizen:
            return "citizen"
        if row.clock.state == PAUSED:
            return "paused"
        if row.clock.due_at <= self.at:
            return "late"
        return "today" if row.clock.due_at < self.ends else "later"

    def _place(self, row: Row) -> str:
        names = self.policy.organisation.districts.get(row.case.district or 0)
        district = names.in_(self.language) if names else ""
        return listed((district, row.said.address))

    def _told(self, row: Row) -> str:
        key = (row.clock.unit, row.clock.rung, row.clock.number == 0, row.stage, row.post)
        if row.clock.state == PAUSED:
            return ""
        if key not in self.next_told:
            self.next_told[key] = deadlines.next_told(
                self.policy, row.clock, self.language, stage=row.stage, post=row.post
            )
        return self.next_told[key]

    def _whose(self, row: Row) -> list[tuple[str, str]]:
        """What makes the row special to its holder: the track, the lane, the post that must act."""
        case, found = row.case, list[tuple[str, str]]()
        stage = self._stage(row)
        if stage is not None and stage.track:
            found.append(("info", stage.words.in_(self.language)))
        elif row.role == "co":
            found.append(("info", _("Joint work")))
        if case.urgent:
            found.append(("danger", _("Urgent")))
        if case.sealed:
            found.append(("warn", _("Sealed")))
        if row.climbed:
            found.append(("danger", _("Climbed unanswered")))
        if row.post in self.posts and not (stage is not None and stage.waits_for_citizen):
            found.append(("ok", _("Yours to answer")))
        elif row.post and row.post not in self.posts:
            found.append(("neutral", post_name(self.policy, row.post, self.language)))
        return found

    def _marks(self, row: Row) -> list[tuple[str, str]]:
        case, found = row.case, self._whose(row)
        if row.proposal:
            found.append(("warn", _("Waits for the head's approval")))
        if case.cycle > 1:
            found.append(("reopened", _("Second cycle") if case.cycle == 2 else _("Later cycle")))
        if case.returns:
            found.append(("warn", _("Returned")))
        if case.objections:
            found.append(("danger", _("Objection")))
        if row.told or self.several:
            found.append(("neutral", unit_name(self.policy, row.clock.unit, self.language)))
        return found


def read_filters(given: Mapping[str, str], request: StaffRequest) -> Filters:
    """What the address asks for; what makes no sense is left out, not refused."""
    district = to_latin_digits(given.get("district", "").strip()[:4])
    band = given.get("band", "")
    return Filters(
        unit=given.get("unit", "")[:40] if given.get("unit", "") in request.actor.sees else "",
        stage=given.get("stage", "") if given.get("stage", "") in request.policy.stages else "",
        category=_known(given.get("category", ""), request.policy.categories),
        class_code=_known(given.get("class", ""), request.policy.classes),
        district=int(district) if district.isascii() and district.isdigit() else None,
        band=band if band in ("late", "today") else "",
        words=clean(given.get("words", "")[:200]).strip(),
        **{flag: bool(given.get(flag)) for flag in FLAGS},
    )


def bulk_choices(request: StaffRequest) -> list[tuple[str, str]]:
    """Steps that this person may take on several cases at once: (code, words)."""
    if "reception" in request.actor.roles or "centre_head" in request.actor.roles:
        return [("refer", _("Refer the selected to a unit"))]
    return []


def _known(value: str, known: Mapping[str, Any]) -> str:
    return value if value in known else ""


def _flags(filters: Filters) -> list[tuple[str, str, bool]]:
    words = {
        "long_running": _("Long-running"),
        "returned": _("Returned"),
        "cycled": _("Second cycle or later"),
        "proposed": _("Waits for approval"),
        "mine": _("Only my own unit"),
        "named": _("Only what names my post"),
    }
    return [(flag, words[flag], bool(getattr(filters, flag))) for flag in FLAGS]


def _units(policy: CityPolicy, sees: frozenset[str], language: str) -> list[tuple[str, str]]:
    """Units that this person sees, in the order of the organisation."""
    return [(u, unit_name(policy, u, language)) for u in policy.organisation.units if u in sees]


def _heading(policy: CityPolicy, units: frozenset[str], language: str) -> str:
    if len(units) == 1:
        return _("Inbox of %(unit)s") % {"unit": unit_name(policy, next(iter(units)), language)}
    known = policy.organisation.units  # a unit that the policy no longer has heads nothing
    tops = [u for u in units if u in known and known[u].parent not in units]
    if len(tops) == 1:
        return _("Inbox of %(unit)s and its units") % {"unit": unit_name(policy, tops[0], language)}
    return _("Inbox")


def _with(request: StaffRequest, **changed: str) -> str:
    """The address of this inbox with some parameters changed; empty ones go."""
    kept = {name: request.GET[name] for name in request.GET if request.GET[name]} | changed
    query = urlencode({name: value for name, value in kept.items() if value})
    return reverse("desk:inbox") + (f"?{query}" if query else "")


def _keys() -> list[tuple[str, str]]:
    return [
        ("KeyJ", _("next")),
        ("KeyK", _("previous")),
        ("KeyX", _("select")),
        ("KeyE", _("file the result")),
        ("KeyR", _("refer or return")),
        ("Slash", _("search")),
    ]
