"""Which cases a question is about, and how SQL says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from peygir.policy.model import CityPolicy

#: A condition of SQL, and the values that it names.
Where = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Days from `since` to before `until`, local to the city; empty parts are no limit.

    `categories`: those of `group`; `units`: `unit` and all below it. Made by `narrowed`, which asks
    the policy for both. A group or a unit that the policy does not know has no cases. `most`: more
    than half of all units are below `unit`, so that those that are not are sooner counted.
    """

    since: date
    until: date
    district: int | None = None
    category: str = ""
    group: str = ""
    unit: str = ""
    channel: str = ""
    kind: str = ""
    categories: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    most: bool = False

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def narrows(self) -> bool:
        """Whether it asks about less than the whole city."""
        return bool(self._parts())

    @property
    def only(self) -> tuple[str, tuple[str, ...]] | None:
        """The one dimension that it narrows, and the codes that it leaves of it; None where it
        narrows none or more."""
        parts = self._parts()
        return parts[0] if len(parts) == 1 else None

    def _parts(self) -> list[tuple[str, tuple[str, ...]]]:
        parts = (
            ("district", (str(self.district),), self.district is not None),
            ("category", (self.category,), bool(self.category)),
            ("category", self.categories, bool(self.group)),
            ("unit", self.units, bool(self.unit)),
            ("channel", (self.channel,), bool(self.channel)),
            ("kind", (self.kind,), bool(self.kind)),
        )
        return [(name, codes) for name, codes, is_set in parts if is_set]


def narrowed(
    policy: CityPolicy,
    *,
    since: date,
    until: date,
    district: int | None = None,
    category: str = "",
    group: str = "",
    unit: str = "",
    channel: str = "",
    kind: str = "",
) -> Filter:
    """A filter whose group and unit are resolved as `policy` has them."""
    org = policy.organisation
    members = [one.code for one in policy.categories.values() if group and one.group == group]
    below = [code for code in org.units if unit and unit in org.ancestors(code)]
    return Filter(
        since=since,
        until=until,
        district=district,
        category=category,
        group=group,
        unit=unit,
        channel=channel,
        kind=kind,
        categories=tuple(members),
        units=tuple(below),
        most=2 * len(below) > len(org.units),
    )


def which(asked: Filter, *, alias: str = "b") -> Where:
    """What is asked of a row besides its day. Values are named as the filter's fields are."""
    plain = ("district", "category", "channel", "kind")
    parts = [
        f"{alias}.{name} = %({name})s" for name in plain if getattr(asked, name) not in (None, "")
    ]
    if asked.group:
        parts.append(f"{alias}.category = any(%(categories)s)")
    if asked.unit:
        parts.append(f"{alias}.unit = any(%(units)s)")
    return " and ".join(parts) or "true", values(asked)


def values(asked: Filter) -> dict[str, Any]:
    """All that a statement may name."""
    found: Mapping[str, Any] = {
        "since": asked.since,
        "until": asked.until,
        "district": asked.district,
        "category": asked.category,
        "channel": asked.channel,
        "kind": asked.kind,
        "categories": [*asked.categories],
        "units": [*asked.units],
    }
    return dict(found)


OPENED = "b.day >= %(since)s and b.day < %(until)s"
CLOSED = "b.closed_day >= %(since)s and b.closed_day < %(until)s"


#: Compiling such a statement takes longer than it saves; groups of a year fit into this memory; and
#: several processes give back few groups, fewer than the planner thinks where several columns meet.
TERMS = """
select set_config('jit', 'off', true), set_config('work_mem', '32MB', true),
 set_config('parallel_tuple_cost', '0.01', true)
"""


def ask(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one question. Never prepared: the best plan depends on the span asked for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TERMS)
        cursor.execute(query, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
