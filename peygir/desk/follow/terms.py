"""The terms of an office as published: score, what happened in each, and what it inherited."""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext

from peygir.desk.follow.common import language
from peygir.evaluation.scores import Data
from peygir.look import charts
from peygir.look.numbers import fa
from peygir.look.terms import FIGURES, TermLine, terms_of
from peygir.look.told import tell

#: Shares and what they are taken of: of too few they are not told, as outside.
OF: Final = {"answered_on_time_bp": ("answered",), "satisfied_bp": ("yes", "partly", "no")}
Told = list[tuple[str, str]]  # name of a figure, the figure


def told(data: Data, dimension: str, row: Data) -> list[dict[str, Any]]:
    """The terms of a row, newest first; none of what is no office."""
    place = f"by/{dimension}/{data['by'][dimension].index(row)}/terms"
    return [_told(data, each, f"{place}/{each.at}") for each in terms_of(row) if each.is_shown]


def _told(data: Data, line: TermLine, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {"line": line}
    if line.is_told:
        found["figures"] = _figures(data, line, place, FIGURES)
        found["inherited"] = _figures(data, line, place, line.inherited)
    if "score" in line.row:
        low, value, high = (line.row[name] for name in ("low", "score", "high"))
        found |= {
            name: tell(f"{place}/{name}", line.row[name], "centi")
            for name in ("low", "score", "high")
        }
        found["drawn"] = charts.interval(value / 100, low / 100, high / 100)
        n = line.row["parts"]["satisfied"]["n"]
        found["n"] = tell(f"{place}/parts/satisfied/n", n, "cases")
        if "rank" in line.row:
            found["rank"] = tell(f"{place}/rank", line.row["rank"], "cases")
    return found


def _figures(data: Data, line: TermLine, place: str, codes: Iterable[str]) -> Told:
    return [
        (data["measures"][code][language()], _figure(data, line, place, code)) for code in codes
    ]


def _figure(data: Data, line: TermLine, place: str, code: str) -> str:
    measures = line.row["m"]
    if code in OF:
        n = sum(measures.get(part, 0) for part in OF[code])
        if not n:
            return "—"
        if n < data["small"]:
            return gettext("fewer than %(n)s") % {"n": fa(data["small"])}
    return tell(f"{place}/m/{code}", measures.get(code, 0), data["measures"][code]["unit"])
