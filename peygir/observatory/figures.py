"""A figure as a page shows it: the number, what it is of, and where the file has it (look.told).

Rates of too few are not shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from peygir.look.numbers import fa
from peygir.look.told import show_number, tell
from peygir.observatory.stats import Stats
from peygir.verify.measures import MEASURES
from peygir.verify.months import LIVE

#: Measures that are taken of others: their sum is the n.
OF: Final[Mapping[str, tuple[str, ...]]] = {
    "answered_on_time_bp": ("answered",),
    "satisfied_bp": ("yes", "partly", "no"),
    "response_bp": ("asked",),
    "held_bp": ("sampled",),
    "median_seconds": ("closed",),
    "p90_seconds": ("closed",),
    "overdue_seconds_total": ("overdue",),
    "answered_late": ("answered",),
    "closed_on_time": ("closed",),
    "closed_late": ("closed",),
    "inspected_false": ("inspected",),
    "lot_false": ("lot_checked",),
    "risk_false": ("risk_checked",),
    "yes": ("asked",),
    "partly": ("asked",),
    "no": ("asked",),
}
RATES: Final = frozenset(
    {
        "answered_on_time_bp",
        "satisfied_bp",
        "response_bp",
        "held_bp",
        "median_seconds",
        "p90_seconds",
    }
)

#: The measures of a page about one unit, district, subject or post, in this order.
MAIN: Final = (
    "registered", "open", "overdue", "overdue_seconds_total", "answered", "answered_on_time_bp",
    "closed", "closed_on_time", "median_seconds", "p90_seconds", "asked", "response_bp",
    "satisfied_bp", "yes", "partly", "no", "second_cycles", "reopened", "inspected",
    "inspected_false", "sampled", "held_bp", "lot_checked", "lot_false", "risk_checked",
    "risk_false", "promised", "merged", "handed_over", "points", "corrected_for",
    "corrected_against", "paused_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose figures: all of the city (`dimension` "") or one row of `by`."""

    stats: Stats
    dimension: str
    code: str
    place: str  # of its measures in the file: "totals", "by/unit/3/m"
    row: Mapping[str, Any]
    term: str = ""  # of an office: "2", or "2v" for the vacancy after it

    @property
    def measures(self) -> Mapping[str, int]:
        found: Mapping[str, int] = self.row["m"]
        return found

    @property
    def name(self) -> str:
        return name_of(self.row)

    def n(self, measure: str) -> int | None:
        """What a measure is taken of; None for a plain count."""
        parts = OF.get(measure)
        return None if parts is None else sum(self.measures.get(part, 0) for part in parts)

    def is_hidden(self, measure: str) -> bool:
        """Whether a rate is of too few to be told."""
        return measure in RATES and 0 < (self.n(measure) or 0) < self.stats.small

    def value(self, measure: str) -> SafeString | str:
        """The figure; a dash for a rate of nothing, words for one of too few."""
        if self.is_hidden(measure):
            words = gettext("fewer than %(n)s") % {"n": fa(self.stats.small)}
            return format_html('<span class="few">{}</span>', words)
        number = self.measures.get(measure)
        if number is None:
            if measure in RATES:
                return "—"
            number = 0
        return tell(f"{self.place}/{measure}", number, MEASURES[measure].unit)

    def other_version(self, measure: str) -> int | None:
        """The version by which it was counted, where that is not today's."""
        version = self.stats.version(measure)
        return None if version == MEASURES[measure].version else version

    def rows(self, measure: str) -> str:
        """The address of the public entries behind a figure."""
        words = f"of={measure}"
        if self.dimension:
            words += f"&{self.dimension}={quote(self.code)}"
        if self.term:
            words += f"&term={self.term}"
        if self.stats.period != LIVE:
            words += f"&period={self.stats.period}"
        return f"{_entries_path(get_language())}?{words}"

    def linked(self, measure: str) -> SafeString | str:
        """The figure as a link to its rows; a dash leads nowhere."""
        value = self.value(measure)
        if measure not in self.measures:
            return value
        words = gettext("Rows: %(figure)s") % {"figure": measure_name(measure)}
        return format_html(
            '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
            self.rows(measure),
            value,
            words,
        )

    def n_words(self, measure: str) -> SafeString | str:
        """What it is of, as a figure; "" for a plain count."""
        number, parts = self.n(measure), OF.get(measure, ())
        if number is None:
            return ""
        places = " ".join(f"{self.place}/{part}" for part in parts)
        return tell(places, number, "cases")

    def overdue_mean(self) -> SafeString | str:
        """How long what is overdue has been so, on average."""
        n = self.measures.get("overdue", 0)
        if not n:
            return "—"
        seconds = self.measures.get("overdue_seconds_total", 0) // n
        return format_html(
            '<data value="{}" data-at="{}" data-per="{}">{}</data>',
            seconds,
            f"{self.place}/overdue_seconds_total",
            f"{self.place}/overdue",
            show_number(seconds, "s"),
        )


@lru_cache(maxsize=8)
def _entries_path(_language: str | None) -> str:
    """Hundreds of figures of a page lead there."""
    return reverse("observatory:entries")


def whole(stats: Stats) -> Scope:
    """The figures of the whole city."""
    row = {"m": stats.data["totals"], "code": ""}
    return Scope(stats=stats, dimension="", code="", place="totals", row=row)


def scopes(stats: Stats, dimension: str) -> list[Scope]:
    """All rows of a dimension, in the order of the file."""
    return [
        Scope(
            stats=stats,
            dimension=dimension,
            code=row["code"],
            place=f"by/{dimension}/{at}/m",
            row=row,
        )
        for at, row in enumerate(stats.data["by"].get(dimension, ()))
    ]


def name_of(row: Mapping[str, Any]) -> str:
    """The name of a row in the reader's language."""
    language = get_language() or "fa"
    return str(row.get(language) or row.get("fa") or row["code"])


def measure_name(code: str) -> str:
    one = MEASURES[code]
    return one.fa if (get_language() or "fa") == "fa" else one.en


def measure_how(code: str) -> str:
    one = MEASURES[code]
    return one.how_fa if (get_language() or "fa") == "fa" else one.how_en


def instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
