"""How we count, corrections in public, open data, and how to check the city oneself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from peygir.ledger.log import files
from peygir.ledger.log.tiles import published
from peygir.ledger.models import Asked, Checkpoint
from peygir.look.told import tell
from peygir.observatory import stats
from peygir.observatory.common import archive, base, nothing
from peygir.observatory.figures import measure_how, measure_name, name_of, scopes
from peygir.observatory.frame import asked_stats, name_of_period, public, show
from peygir.observatory.stats import Stats
from peygir.observatory.telling import type_words
from peygir.observatory.why import part_words
from peygir.verify.measures import MEASURES
from peygir.verify.notes import BadNote
from peygir.verify.quorum import parse_policy

NEWEST_MAX = 30
CORRECTED = ("corrected_for", "corrected_against")


@public
def how(request: HttpRequest) -> HttpResponse:
    """One definition for each figure, with version and source; the score; what is attested."""
    found = asked_stats(request)
    measures = [
        {
            "code": code,
            "words": measure_name(code),
            "how": measure_how(code),
            "unit": unit_words(one.unit),
            "version": one.version,
            "attested": one.source != "log",
        }
        for code, one in MEASURES.items()
    ]
    context: dict[str, Any] = base(found) if found else {}
    context |= {"here_part": "how", "measures": measures, "weights": None}
    if found is not None:
        weights = found.data["weights"]
        words = part_words()
        context |= {
            "weights": [
                (words.get(name, name), tell(f"weights/parts/{name}", number, "cases"))
                for name, number in weights["parts"].items()
            ],
            "penalties": [
                (measure_name(name), tell(f"weights/penalties/{name}", number, "cases"))
                for name, number in weights["penalties"].items()
            ],
            "cap": tell("weights/penalty_cap", weights["penalty_cap"], "cases"),
            "weights_version": tell("weights/version", weights["version"], "cases"),
            "small": tell("small", found.data["small"], "cases"),
            "ranked_from": tell("ranked_from", found.data["ranked_from"], "cases"),
            "coverage": coverage(found),
            "rules_path": f"/log/{found.year}/rules/{found.data['rules']}.json",
        }
    return show(request, "how.html", context)


@public
def corrections(request: HttpRequest) -> HttpResponse:
    """Every published file that followed another one, and the entries that made it so."""
    revised = []
    for period in stats.periods():
        for each in stats.revisions(period)[1:]:
            units = {row["code"]: name_of(row) for row in each.data["by"].get("unit", ())}
            rows = [
                {
                    "leaf": one["leaf"],
                    "what": measure_or_type(one["what"]),
                    "unit": units.get(one.get("unit", ""), ""),
                    "helps": one["helps"],
                }
                for one in each.data["corrections"]
            ]
            revised.append(
                {
                    "words": name_of_period(period),
                    "stats": each,
                    "rows": rows[:NEWEST_MAX],
                    "more": max(0, len(rows) - NEWEST_MAX),
                    "helps": sum(1 for one in rows if one["helps"]),
                    "hurts": sum(1 for one in rows if not one["helps"]),
                }
            )
    found = asked_stats(request)
    if found is None:
        return nothing(request, "corrections")
    context = base(found) | {
        "here_part": "corrections",
        "revised": revised,
        "units": [
            each
            for each in scopes(found, "unit")
            if any(each.measures.get(what) for what in CORRECTED)
        ],
    }
    return show(request, "corrections.html", context)


@public
def check(request: HttpRequest) -> HttpResponse:
    """Commands, keys, the program, the witnesses, and how sealing stands."""
    found = files.years()
    year = found[0] if found else None
    point = published(files.year_folder(year)) if year else None
    last = None
    if point is not None:
        last = Checkpoint.objects.filter(origin=point.origin, size=point.size).first()
    newest = [name for name in stats.periods() if len(name) == 7][:1] or ["live"]
    live = asked_stats(request)
    context = (base(live) if live else {}) | {
        "here_part": "check",
        "year": year,
        "archive": archive(year) if year else None,
        "point": point,
        "last": last,
        "vkeys": _text("vkeys.txt").splitlines(),
        "policy": _text("policy.txt"),
        "witnesses": _witnesses(point.origin if point else ""),
        "verifier": stats.digest_of("verify.py"),
        "example": newest[0],
        "site": f"{request.scheme}://{request.get_host()}",
    }
    return show(request, "check.html", context)


def _witnesses(origin: str) -> list[dict[str, Any]]:
    """The witnesses that the published policy names, with what each was last seen to have."""
    try:
        policy = parse_policy(_text("policy.txt").encode())
    except BadNote:
        return []
    seen = {one.name: one for one in Asked.objects.filter(origin=origin)}
    return [{"name": name, "asked": seen.get(name)} for name in sorted(policy.witnesses)]


def _text(name: str) -> str:
    try:
        return (files.root() / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def unit_words(unit: str) -> str:
    return {
        "cases": gettext("cases"),
        "calls": gettext("contacts"),
        "bp": gettext("share"),
        "s": gettext("time"),
        "points": gettext("points"),
    }.get(unit, unit)


def coverage(found: Stats) -> list[tuple[str, SafeString]]:
    """What the figures of a file rest on: whose word ended cases, receipts, late entries."""
    return [
        (coverage_words(name), tell(f"coverage/{name}", number, "cases"))
        for name, number in found.data["coverage"].items()
    ]


def coverage_words(name: str) -> str:
    return {
        "confirmed": gettext("confirmed by the citizen's own hand"),
        "device": gettext("of these, from the device that reported"),
        "call": gettext("by a call that staff wrote down"),
        "ivr": gettext("by telephone keys"),
        "none": gettext("nobody reached"),
        "receipts": gettext("receipts given"),
        "late_logged": gettext("logged late"),
    }.get(name, name)


def measure_or_type(what: str) -> str:
    return measure_name(what) if what in MEASURES else type_words(what)
