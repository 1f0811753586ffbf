"""The messages of one citizen, newest first."""

from dataclasses import dataclass
from typing import Final

from peygir.cases.models import Case
from peygir.people.models import Reporter

PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One report of the citizen and its case. `lead`: the case that took it in, if one did."""

    reporter: Reporter
    case: Case
    lead: Case | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`older`: give it as `before` for the next page; None when there is none."""

    rows: list[Mine]
    older: int | None


def page(citizen_id: int, *, before: int | None = None, size: int = PAGE) -> Page:
    """Three queries: reports by index, their cases, the cases that took some of them in."""
    reports = Reporter.objects.filter(citizen_id=citizen_id).order_by("-case_id", "-id")
    if before is not None:
        reports = reports.filter(case_id__lt=before)
    found = list(reports[: size + 1])
    shown = {r.case_id: r for r in reversed(found[:size])}  # one line per case
    cases = Case.objects.in_bulk(list(shown))
    leads = Case.objects.in_bulk([c.lead_id for c in cases.values() if c.lead_id is not None])
    rows = [
        Mine(reporter=shown[c.id], case=c, lead=leads.get(c.lead_id or 0))
        for c in sorted(cases.values(), key=lambda c: -c.id)
    ]
    older = found[size - 1].case_id if len(found) > size else None
    return Page(rows=rows, older=older)
