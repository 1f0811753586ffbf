"""Where the numbers of a figure lead: the cases that were counted."""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from django.urls import reverse

from peygir.analysis.asking import Filter, Rows
from peygir.analysis.cells import read
from peygir.calendars.jalali import numeric
from peygir.calendars.persian import to_latin_digits
from peygir.desk.access import StaffRequest
from peygir.desk.analysis.asked import TYPED_MAX, Asked

HOURS: Final = 168
CODE: Final = re.compile(r"[A-Za-z0-9_.-]{0,48}")
#: Words of an address that are there or not -> the field of `Rows`.
FLAGS: Final = {
    "late": "late",
    "again": "again",
    "open": "still_open",
    "problems": "problems",
    "unsorted": "unsorted",
    "nowhere": "nowhere",
    "nobodys": "nobodys",
}


class WrongRows(ValueError):
    """The address names rows that cannot be."""


def to_rows(asked: Asked, n: int | None = 1, **changed: object) -> str:
    """The address of the cases behind a number; "" where `n` counted none.

    Besides the filters: `closed=1` those closed, not opened, in the span; `hour`; `cell`; `only`, a
    unit without those below it; `ending`; `giver`, `taker`; `stage` and `holder`, where the longest
    stay was; and the flags above.
    """
    if not n:
        return ""
    return reverse("desk:analysis_rows") + asked.query(**changed)


def between(asked: Asked, first: date, last: date, n: int | None, **changed: object) -> str:
    """As `to_rows`, of some days of the span."""
    return to_rows(asked, n, since=numeric(first), until=numeric(last), **changed)


def about(dimension: str, code: str) -> dict[str, object]:
    """What stands in an address for one code of a dimension; "" is what has none yet."""
    if not code:
        without = {"category": "unsorted", "district": "nowhere", "unit": "nobodys"}
        without["ending"] = "open"
        return {without.get(dimension, "kind"): 1}
    return {"only": code, "unit": ""} if dimension == "unit" else {dimension: code}


def read_rows(request: StaffRequest, asked: Asked) -> tuple[Filter, Rows, str, str]:
    """The filter, the rows, and stage and holder of the longest stay. Raises WrongRows."""
    given = {name: request.GET[name][:TYPED_MAX].strip() for name in request.GET}
    policy = request.policy
    chosen = asked.filter(policy)
    only, giver, taker = (given.get(name, "") for name in ("only", "giver", "taker"))
    ending, stage, holder = (given.get(name, "") for name in ("ending", "stage", "holder"))
    if not all(CODE.fullmatch(code) for code in (only, giver, taker, stage, holder)):
        raise WrongRows("code")  # one that the policy no longer has is none of these
    if ending and ending not in policy.endings:
        raise WrongRows("ending")
    cell = given.get("cell", "")
    if cell:
        try:
            read(cell)
        except ValueError as error:
            raise WrongRows("cell") from error
    if only:
        chosen = replace(chosen, unit=only, units=(only,))
    flags = {field: bool(given.get(word)) for word, field in FLAGS.items()}
    rows = Rows(
        counted="closed" if given.get("closed") else "opened",
        hour=_hour(given.get("hour", "")),
        cell=cell,
        ending=ending or None,
        giver=giver,
        taker=taker,
        **flags,
    )
    return chosen, rows, stage, holder


def _hour(typed: str) -> int | None:
    if not typed:
        return None
    digits = to_latin_digits(typed)
    if not (digits.isascii() and digits.isdigit() and int(digits) < HOURS):
        raise WrongRows("hour")
    return int(digits)
