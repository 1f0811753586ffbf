"""Scores and what they are made of: parts, weights, and the cases that cost most."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from peygir.look import charts
from peygir.look.terms import changed_hands
from peygir.look.told import tell
from peygir.observatory.figures import Scope, instant


def part_words() -> dict[str, str]:
    """Names of the parts of a score."""
    return {
        "timely": gettext("in time"),
        "resolved": gettext("really done"),
        "satisfied": gettext("citizen satisfied"),
        "quality": gettext("found right by inspectors"),
        "points": gettext("negative points"),
    }


def score_of(scope: Scope) -> dict[str, Any] | None:
    """A score with its parts, weights and penalty; None where there is none."""
    if "score" not in scope.row:
        return None
    place = scope.place.removesuffix("/m")
    weights = scope.stats.data["weights"]
    words = part_words()
    parts = []
    for name, part in scope.row["parts"].items():
        at = f"{place}/parts/{name}"
        raw = tell(f"{at}/raw", part["raw"], "bp") if "raw" in part else "—"
        small = 0 < part["n"] < scope.stats.small
        parts.append(
            {
                "words": words.get(name, name),
                "weight": tell(f"weights/parts/{name}", weights["parts"][name], "cases"),
                "raw": "—" if small else raw,
                "adjusted": tell(f"{at}/adjusted", part["adjusted"], "bp"),
                "points": tell(f"{at}/points", part["points"], "centi"),
                "n": tell(f"{at}/n", part["n"], "cases"),
            }
        )
    return line_of(scope, None, "score") | {
        "rank": tell(f"{place}/rank", scope.row["rank"], "cases") if "rank" in scope.row else None,
        "is_by_score": weights.get("rank_by", "score") == "score",
        "parts": parts,
        "penalty": tell(f"{place}/penalty", scope.row["penalty"], "centi"),
        "version": tell("weights/version", weights["version"], "cases"),
        "peer_rank": (
            tell(f"{place}/peer_rank", scope.row["peer_rank"], "cases")
            if "peer_rank" in scope.row
            else None
        ),
    }


def line_of(scope: Scope, rank: int | None, by: str) -> dict[str, Any]:
    """A line of the ranking by score or by satisfaction, with what both rest on."""
    place = scope.place.removesuffix("/m")
    score, low, high = (scope.row[name] for name in ("score", "low", "high"))
    at_score = f"{place}/score"
    if by == "satisfaction":
        part = scope.row["parts"]["satisfied"]
        score, low, high = part["adjusted"], part["low"], part["high"]
        at_score = f"{place}/parts/satisfied/adjusted"
    ranks_at = f"{place}/ranks/{by}"
    return {
        "scope": scope,
        "rank": None if rank is None else tell(ranks_at, rank, "cases"),
        "score": tell(at_score, score, "centi"),
        "low": tell(at_score.replace("score", "low").replace("adjusted", "low"), low, "centi"),
        "high": tell(at_score.replace("score", "high").replace("adjusted", "high"), high, "centi"),
        "drawn": charts.interval(score / 100, low / 100, high / 100),
        "n": tell(f"{place}/parts/satisfied/n", scope.row["parts"]["satisfied"]["n"], "cases"),
        "satisfied": scope.linked("satisfied_bp"),
        "response": scope.linked("response_bp"),
        "asked": scope.linked("asked"),
        "changed": changed_hands(scope.row),
        "is_told": scope.measures.get("asked", 0) >= scope.stats.small,
        "registered": scope.linked("registered"),
        "points": scope.linked("points"),
    }


def place_of(scope: Scope, by: str) -> int | None:
    found: int | None = scope.row.get("ranks", {}).get(by)
    return found


def costs_of(scope: Scope) -> list[dict[str, Any]]:
    """The cases that cost a unit most, part by part, each with its entry in the log."""
    words = part_words()
    return [
        {
            "words": words.get(part, part),
            "cases": [
                {
                    "case": case,
                    "leaf": leaf,
                    "at": instant(at),
                    "path": f"{reverse('observatory:entries')}?{urlencode({'case': case})}",
                }
                for _, leaf, case, at in dear
            ],
        }
        for part, dear in scope.row.get("costs", {}).items()
    ]
