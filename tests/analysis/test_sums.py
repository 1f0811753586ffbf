"""Sums that are kept give what the rows give, for every filter that they serve."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, get_args

import pytest

from peygir.analysis import asking, counts, rebuilding
from peygir.analysis.asking import Dimension, Filter, narrowed
from peygir.analysis.models import Brief, Pair, Tally
from peygir.policy.model import CityPolicy
from tests.analysis.lived import UNTIL

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S19")]


@pytest.mark.usefixtures("town")
def test_weekly_sums_give_what_the_rows_give(whole: Filter, monkeypatch: Any) -> None:
    """Whatever days a span begins and ends with."""
    spans = [replace(whole, since=date(2026, 10, n), until=date(2026, 11, n)) for n in range(1, 9)]
    spans += [replace(whole, since=date(2026, 10, 5), until=date(2026, 10, n)) for n in (5, 6, 13)]
    spans += [whole, replace(whole, since=date(2026, 9, 5), until=date(2026, 12, 26))]
    seasons = {counts.weeks_of(asked)["first_season"] for asked in spans[-2:]}
    assert seasons == {date(2026, 9, 5)}, "they contain eight weeks that are summed as one"

    quick = answers(spans)
    assert any(each[-1] for each in quick)
    Tally.objects.update(opened=1000)
    assert answers(spans) != quick
    monkeypatch.setattr(Filter, "narrows", True)
    assert answers(spans) == quick


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "parts",
    [
        {"channel": "phone"},
        {"kind": "report"},
        {"district": 2},
        {"category": "W01"},
        {"group": "waste"},
        {"unit": "d1"},
        {"unit": "mayor"},
        {"group": "no-such"},
    ],
)
def test_sums_of_pairs_give_what_the_rows_give(
    qom: CityPolicy, parts: dict[str, Any], monkeypatch: Any
) -> None:
    """Whatever one thing narrows; eight weeks end with 4 September, 30 October and 25 December."""
    Brief.objects.filter(channel="web").update(unit="closed-down")
    rebuilding.sum_up()
    begins, ends = (date(2026, 9, n) for n in (1, 5, 9)), (date(2026, 10, 31), UNTIL)
    spans = [
        narrowed(qom, since=since, until=until, **parts) for since, until in product(begins, ends)
    ]
    assert [counts.is_summed(asked) for asked in spans] == [True] * 4 + [False, True]
    quick = answers(spans)
    assert any(each[0] for each in quick) == (parts != {"group": "no-such"})
    Pair.objects.update(opened=1000)
    assert (answers(spans) != quick) == (parts != {"group": "no-such"})
    monkeypatch.setattr(Filter, "only", None)
    assert answers(spans) == quick


def answers(spans: list[Filter]) -> list[list[Any]]:
    """All that sums serve."""
    return [
        [asking.by(asked, dimension) for dimension in get_args(Dimension)]
        + [asking.trend(asked), asking.rhythm(asked)]
        + [asking.second_cycles(asked), asking.second_cycles(asked, "category")]
        + [sorted((w.stage, w.unit, w.cases, w.seconds) for w in asking.waits(asked))]
        for asked in spans
    ]
