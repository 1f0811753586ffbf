"""What a replay of the last days found, for the reader: sentences, a drawing and rows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peygir.cases.fold import instant
from peygir.look import charts
from peygir.look.numbers import fa
from peygir.policy.model import CityPolicy

BARS_MAX = 8  # units in the drawing; all are in the table


def shown(rehearsal: Mapping[str, Any], policy: CityPolicy, lang: str) -> dict[str, Any]:
    """`rehearsal` as boards.rehearsal gives it."""
    units = policy.organisation.units
    rows = [
        {**row, "name": units[row["unit"]].words.in_(lang) if row["unit"] in units else row["unit"]}
        for row in rehearsal["units"]
    ]
    most = sorted(rows, key=lambda row: -abs(row["late"][1] - row["late"][0]))[:BARS_MAX]
    return {
        **rehearsal,
        "headline": headline(rehearsal),
        "since_at": instant(rehearsal["since"]),
        "until_at": instant(rehearsal["until"]),
        "rows": rows,
        "drawn": charts.bars(
            _("Late referrals"),
            [row["name"] for row in most],
            [
                charts.Series(_("version in force"), [row["late"][0] for row in most]),
                charts.Series(_("this draft"), [row["late"][1] for row in most]),
            ],
        )
        if most
        else None,
    }


def headline(rehearsal: Mapping[str, Any]) -> str:
    """The one sentence to decide by: "114 more late, 3 units change rank"."""
    more = rehearsal["late"][1] - rehearsal["late"][0]
    if more == 0:
        late = _("as many late as before")
    elif more > 0:
        late = _("%(n)s more late") % {"n": fa(more)}
    else:
        late = _("%(n)s fewer late") % {"n": fa(-more)}
    moved = rehearsal["moved"]
    if moved == 0:
        ranks = _("no unit changes rank")
    else:
        ranks = ngettext("%(n)s unit changes rank", "%(n)s units change rank", moved)
    return _("%(late)s, %(ranks)s") % {"late": late, "ranks": ranks % {"n": fa(moved)}}
