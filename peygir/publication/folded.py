"""The fold of `verify` kept in the database, so that figures go on from where they were.

Cases are read when a leaf speaks of them, days and months when something is added; only what
changed is written back. Nothing that is done at a turn grows with the number of closed cases.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from peygir.publication.models import FoldedCase, FoldedDay, FoldedMonth, Folding
from peygir.verify.figures import FIGURES_VERSION
from peygir.verify.fold import Fold, Leaf
from peygir.verify.matters import Matter, Matters
from peygir.verify.rules import Rules
from peygir.verify.tallies import Day, Month, Tallies

CHUNK: Final = 2000  # rows of one statement


class KeptMatters(Matters):
    """Cases from the table; what was asked for stays in memory until `write`."""

    def __init__(self) -> None:
        super().__init__()
        self.read: dict[str, Matter] = {}

    def load(self, cases: Iterable[str]) -> None:
        """Read these cases at once."""
        wanted = [case for case in set(cases) if case not in self.read]
        for start in range(0, len(wanted), CHUNK):
            rows = FoldedCase.objects.filter(pk__in=wanted[start : start + CHUNK])
            self.read |= {row.pk: Matter.again(row.data) for row in rows}

    def get(self, case: str) -> Matter | None:
        return self.read.get(case)

    def put(self, case: str, matter: Matter) -> None:
        self.read[case] = matter

    def pending(self) -> Iterator[tuple[str, Matter]]:
        kept = FoldedCase.objects.filter(is_open=True).order_by("pk").values_list("pk", "data")
        found = {
            case: Matter.again(data) for case, data in kept.iterator() if case not in self.read
        }
        found |= {case: matter for case, matter in self.read.items() if matter.is_open}
        return iter(sorted(found.items()))

    def write(self) -> None:
        rows = [
            FoldedCase(case=case, is_open=matter.is_open, data=matter.plain())
            for case, matter in self.read.items()
        ]
        FoldedCase.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["is_open", "data"],
        )
        self.read.clear()


class KeptTallies(Tallies):
    """Days and months from their tables."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self._known_days = set(FoldedDay.objects.values_list("pk", flat=True))
        self._known_months = set(FoldedMonth.objects.values_list("pk", flat=True))

    def has_day(self, number: int) -> bool:
        self.settle()
        return number in self.days or number in self._known_days

    def has_month(self, number: int) -> bool:
        self.settle()
        return number in self.months or number in self._known_months

    def first_day(self) -> int:
        self.settle()
        return min((*self.days, *self._known_days), default=0)

    def last_day(self) -> int:
        return max(super().last_day(), max(self._known_days, default=0))

    def new_day(self, number: int) -> Day:
        row = FoldedDay.objects.filter(pk=number).first() if number in self._known_days else None
        return Day() if row is None else Day.load(row.data)

    def new_month(self, number: int) -> Month:
        known = number in self._known_months
        row = FoldedMonth.objects.filter(pk=number).first() if known else None
        return Month() if row is None else Month.load(row.data)

    def write(self) -> None:
        self.settle()
        FoldedDay.objects.bulk_create(
            [FoldedDay(day=number, data=day.dump()) for number, day in self.days.items()],
            update_conflicts=True,
            unique_fields=["day"],
            update_fields=["data"],
        )
        FoldedMonth.objects.bulk_create(
            [FoldedMonth(month=number, data=month.dump()) for number, month in self.months.items()],
            update_conflicts=True,
            unique_fields=["month"],
            update_fields=["data"],
        )
        self._known_days |= self.days.keys()
        self._known_months |= self.months.keys()


class KeptFold(Fold):
    """A fold that goes on from a row; `keep` writes how far it has come."""

    matters: KeptMatters
    tallies: KeptTallies

    def __init__(self, row: Folding, book: Mapping[str, Rules]) -> None:
        super().__init__(lambda leaf: book[leaf["digest"]], KeptMatters(), KeptTallies)
        for leaf in row.state.get("published", ()):
            self.published.append(leaf)
            self.set_rules(self.rules_of(leaf))
        self.said = row.state.get("said", 0)
        self.offices.load(row.state.get("offices", {}))

    def keep(self, row: Folding, size: int) -> None:
        """Everything folded so far, for good; `size` leaves over all years."""
        self.matters.write()
        self.tallies.write()
        row.size = size
        kept = {"said": self.said, "published": self.published, "offices": self.offices.plain()}
        row.state = row.state | kept
        row.save(update_fields=["size", "state"])

    def batch(self, leaves: list[tuple[int, Leaf]]) -> None:
        """Read the cases of some leaves before they are folded."""
        self.matters.load(leaf["case"] for _, leaf in leaves if "case" in leaf)


def empty_state() -> dict[str, Any]:
    """Of a fold that has not begun."""
    empty = {"said": 0, "published": [], "seen": [], "offices": {}}
    return empty | {"version": FIGURES_VERSION}


def begin_anew(row: Folding) -> None:
    """Forget what another version of the program counted: all leaves are folded again."""
    for kept in (FoldedCase, FoldedDay, FoldedMonth):
        kept.objects.all().delete()
    row.size, row.state = 0, empty_state()
    row.save(update_fields=["size", "state"])
