"""What pages of published figures share: which period is asked for, what is said of its file, and
how a row of it is shown: each number with its place in the file, as outside (look.told)."""

from datetime import UTC, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from peygir.desk.access import StaffRequest
from peygir.desk.follow.common import language
from peygir.evaluation import periods, scores
from peygir.evaluation.scores import LIVE, SCORE, Data
from peygir.look import charts
from peygir.look.dates import month_name
from peygir.look.numbers import fa
from peygir.look.terms import changed_hands
from peygir.look.told import is_young, tell

MONTHS: Final = 13  # offered: the same month of last year is among them
#: Shares and what they are taken of.
OF: Final = {"satisfied_bp": ("yes", "partly", "no"), "response_bp": ("asked",)}


def asked(request: StaffRequest) -> tuple[str, Data | None]:
    """The period in the address, and its figures, None while there are none. The running month is
    `live` by either name. Without an address it is the running month, or in its first days the
    one before, as outside."""
    zone, given = request.policy.calendar.zone, request.GET.get("period", "")
    month = periods.parse(given, zone)
    if month is not None and month != periods.month_of(request.at, zone):
        return month.key, scores.read(month.key)
    live = scores.read(LIVE)
    if live is not None and is_young(live) and month is None and given != LIVE:
        last = before(request, live)
        if last is not None:
            return month_key(last), last
    return LIVE, live


def month_key(data: Data) -> str:
    """What an address calls figures: a provisional month has the name it will have for good."""
    return str(data.get("month") or data["period"])


def before(request: StaffRequest, data: Data) -> Data | None:
    """The figures of the month before, where they are published."""
    zone = request.policy.calendar.zone
    month = periods.month_of(_instant(data["from"]), zone)
    return scores.read(periods.before(month, zone).key)


def head(request: StaffRequest, period: str, data: Data | None) -> dict[str, Any]:
    """What every page says above its table."""
    months = periods.last(request.at, request.policy.calendar.zone, MONTHS)
    offered = scores.there(month.key for month in months)
    if period not in (LIVE, *offered):
        offered.append(period)
    return {
        "period": period,
        "period_words": words(request, period, data),
        "periods": [(key, words(request, key, data)) for key in (LIVE, *offered)],
        "data": data,
        "final_at": _instant(data["final_at"]) if data and "final_at" in data else None,
        "beside": _beside(request, period),
        "made": _instant(data["until"]) if data else None,
        "basis": data["basis"] if data else None,
        "weights": data["weights"] if data else None,
    }


def words(request: StaffRequest, period: str, data: Data | None = None) -> str:
    """The name of a period: «آبان ۱۴۰۵», «آبان ۱۴۰۵ (موقت)», «آذر ۱۴۰۵ تا کنون» by the month that
    `data` is of."""
    zone, at = request.policy.calendar.zone, request.at
    if period == LIVE and data is not None and data["period"] == LIVE:
        at = _instant(data["from"])
    month = periods.parse(period, zone) or periods.month_of(at, zone)
    name = {"month": f"{month_name(month.month)} {fa(str(month.year))}"}
    if period == LIVE:
        return gettext("%(month)s so far") % name
    last = scores.provisional()
    is_last = last is not None and last["month"] == period
    return gettext("%(month)s (provisional)") % name if is_last else name["month"]


def _beside(request: StaffRequest, period: str) -> tuple[str, str] | None:
    """In the first days of a month, of the running month and the one before the one not shown: its
    name, and what an address calls it."""
    live = scores.read(LIVE)
    last = before(request, live) if live is not None and is_young(live) else None
    if last is None:
        return None
    other = {LIVE: month_key(last), month_key(last): LIVE}.get(period)
    return None if other is None else (words(request, other, live), other)


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def order(request: StaffRequest, data: Data) -> str:
    """The order in the address, else the one by which the city's policy ranks."""
    by = request.GET.get("by", "")
    return by if by in scores.ORDERS else scores.ranked_by(data)


def orders(data: Data, period: str, by: str, *, of: str) -> dict[str, Any]:
    """The order of a table, the other one, and where citizens see the same."""
    given = {"of": of, "by": by, "period": period}
    return {
        "by": by,
        "chosen": scores.ranked_by(data),
        "orders": {key: f"?{urlencode({'period': period, 'by': key})}" for key in scores.ORDERS},
        "outside_path": f"{reverse('observatory:ranking')}?{urlencode(given)}",
    }


def line(
    request: StaffRequest, data: Data, dimension: str, row: Data, by: str, old: Data | None = None
) -> dict[str, Any]:
    """A row of a ranking in the order `by`; `old`: the figures that its change is told from."""
    place = f"by/{dimension}/{data['by'][dimension].index(row)}"
    at, *numbers = value_of(row, by)
    above, _, last = at.rpartition("/")
    value, low, high = (
        tell("/".join(filter(None, (place, above, name))), number, "centi")
        for name, number in zip((last, "low", "high"), numbers, strict=True)
    )
    rank, measures = scores.place_of(row, by), row["m"]
    return {
        "code": row["code"],
        "name": row[language()],
        "own": row["code"] in _own(request),
        "rank": None if rank is None else tell(f"{place}/ranks/{by}", rank, "cases"),
        "value": value,
        "low": low,
        "high": high,
        "drawn": charts.interval(*(number / 100 for number in numbers)),
        "n": tell(f"{place}/parts/satisfied/n", row["parts"]["satisfied"]["n"], "cases"),
        "satisfied": _rate(data, row, place, "satisfied_bp"),
        "response": _rate(data, row, place, "response_bp"),
        **{
            what: tell(f"{place}/m/{what}", measures.get(what, 0), "cases")
            for what in ("asked", "registered", "points")
        },
        "changed": changed_hands(row),
        "is_told": measures.get("asked", 0) >= data["small"],
        "change": _change(rank, row["code"], by, old),
    }


def value_of(row: Data, by: str) -> tuple[str, int, int, int]:
    """Where the number that ranks stands in a row; it and its interval, in hundredths."""
    if by == SCORE:
        return "score", row["score"], row["low"], row["high"]
    part = row["parts"]["satisfied"]
    return "parts/satisfied/adjusted", part["adjusted"], part["low"], part["high"]


def _own(request: StaffRequest) -> set[str]:
    """The posts of whoever looks, and who answers for their units."""
    chart = request.policy.organisation
    return {chart.scored(unit) for unit in request.actor.units} | set(request.actor.posts)


def is_of_few(data: Data, row: Data, what: str) -> bool:
    """Whether a share of a row is taken of too few to be told."""
    n: int = sum(row["m"].get(each, 0) for each in OF[what])
    return 0 < n < int(data["small"])


def _rate(data: Data, row: Data, place: str, what: str) -> str:
    """A share; of too few it is not told, inside no more than outside."""
    measures = row["m"]
    if what not in measures:
        return "—"
    if is_of_few(data, row, what):
        return gettext("fewer than %(n)s") % {"n": fa(data["small"])}
    return tell(f"{place}/m/{what}", measures[what], "bp")


def _change(rank: int | None, code: str, by: str, old: Data | None) -> int | None:
    """Places gained since the month before."""
    row = scores.row_of(old, "unit", code) if old else None
    earlier = scores.place_of(row, by) if row else None
    return None if rank is None or earlier is None else earlier - rank
