"""Terms of an office as a figures file tells them: which, since when, until when; never whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext

from peygir.look.numbers import fa

#: What a term's page tells of it, and what it found when it began.
FIGURES: Final = (
    "registered", "answered", "answered_on_time_bp", "closed", "satisfied_bp", "second_cycles",
    "inspected", "inspected_false", "points",
)  # fmt: skip
INHERITED: Final = (
    "inherited", "inherited_late", "inherited_done", "inherited_passed", "inherited_left",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLine:
    """`counted`: from when on it counts, where that is not when it is said to have begun."""

    key: str  # "2", or "2v" for the vacancy after it
    words: str
    since: datetime
    counted: datetime | None
    until: datetime | None
    at: int  # its place below the office in the file
    row: Mapping[str, Any]

    @property
    def is_told(self) -> bool:
        """Whether the file has figures of it."""
        return "m" in self.row

    @property
    def inherited(self) -> tuple[str, ...]:
        """What there is to tell of inherited work; what was left at its end went to the next."""
        if not any(self.row["m"].get(code) for code in INHERITED):
            return ()
        return INHERITED[:-1] if self.until else INHERITED

    @property
    def is_shown(self) -> bool:
        """A vacancy of hours, in which nothing happened, is none to speak of."""
        is_short = self.until is not None and self.until - self.since < timedelta(days=1)
        is_idle = not set(self.row.get("m", ())) - set(INHERITED)
        return not (self.key.endswith("v") and is_short and is_idle)


def terms_of(row: Mapping[str, Any]) -> list[TermLine]:
    """The terms of a post's row, newest first."""
    found = [
        TermLine(
            key=f"{term['term']}v" if term.get("vacant") else f"{term['term']}",
            words=_words(term),
            since=_instant(term["since"]),
            counted=None if term["from"] == term["since"] else _instant(term["from"]),
            until=_instant(term["until"]) if "until" in term else None,
            at=at,
            row=term,
        )
        for at, term in enumerate(row.get("terms", ()))
    ]
    return found[::-1]


def changed_hands(row: Mapping[str, Any]) -> bool:
    """Whether several terms of an office have figures in the period."""
    return sum(1 for term in row.get("terms", ()) if "m" in term) > 1


def _words(term: Mapping[str, Any]) -> str:
    if term.get("vacant"):
        return gettext("Nobody in office")
    return gettext("Term %(n)s") % {"n": fa(term["term"])}


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
