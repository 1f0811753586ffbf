"""An independent oracle: target times that a real city set for 31,828 real requests in 2011.

Local time, Monday to Friday, holidays not excluded. Each type has either N working days or N
calendar hours; N is fitted on July and August and judged on September.
"""

import csv
import gzip
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from peygir.calendars.durations import Span, due, parse
from peygir.calendars.errors import CalendarError
from tests.calendars.offices import MONDAY_TO_FRIDAY

DATA = Path(__file__).parents[3] / "shared" / "data" / "boston_311_2011_q3.csv.gz"
# The times carry no zone, and the city added hours on the wall across the clock change of
# November: a zone without clock changes does the same sums.
OFFICE = replace(MONDAY_TO_FRIDAY, zone="UTC")
FIT_MAX = 200  # rows per type are plenty
TOLERANCE = timedelta(minutes=2)
Row = tuple[str, datetime, datetime]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not DATA.exists():
        pytest.skip(f"the requests of Boston are not here: {DATA.name} beside the checkout")
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        return [
            (row["type"], as_utc(row["open_dt"]), as_utc(row["target_dt"]))
            for row in csv.DictReader(file)
            if row["target_dt"]
        ]


def as_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def candidates(opened: datetime, target: datetime) -> list[Span]:
    """The spans that would lead from one instant to the other."""
    hours = round((target - opened) / timedelta(hours=1))
    # Between N working days lie at most 7 N / 5 days, and a late start or weekend takes 3 more.
    around = (target.date() - opened.date()).days * 5 // 7
    texts = [f"{hours}h", *(f"{days}wd" for days in range(max(1, around - 3), around + 3))]
    found = []
    for text in texts:
        try:
            found.append(parse(text))
        except CalendarError:  # zero, negative or beyond all limits: a target typed by hand
            continue
    return [span for span in found if reaches(opened, span, target)]


def reaches(opened: datetime, span: Span, target: datetime) -> bool:
    return abs(due(opened, span, OFFICE) - target) <= TOLERANCE


@pytest.mark.slow
@pytest.mark.requirement("Q12")
def test_ninety_nine_of_a_hundred_targets_of_september_are_reproduced(rows: list[Row]) -> None:
    fitted: dict[str, Counter[Span]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    for kind, opened, target in rows:
        seen[kind] += 1
        if opened.month in (7, 8) and seen[kind] <= FIT_MAX:
            fitted[kind].update(candidates(opened, target))
    september = [row for row in rows if row[1].month == 9]
    assert len(september) > 9000
    right = sum(
        bool(fitted[kind]) and reaches(opened, fitted[kind].most_common(1)[0][0], target)
        for kind, opened, target in september
    )
    assert right / len(september) >= 0.99, f"{right} of {len(september)}"
