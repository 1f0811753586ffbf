"""Registering a case: the hot path.

Three statements in one transaction, however much follows from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from peygir.calendars import codes
from peygir.cases import clocks, decide, store
from peygir.cases.fold import apply
from peygir.cases.refusals import WrongEvidence
from peygir.cases.state import CaseState
from peygir.ledger.entry import Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.statement import run
from peygir.people import contacts
from peygir.policy.model import CityPolicy

CODE_TRIES_MAX = 5  # a clash needs 100,000 registrations on one day; the next serial is free then


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a citizen reports, as a door has cleaned it. Empty `category` or `district`: not known
    yet.

    `photos`: ids of pictures already stored under `case_id` (made by the door with `new_id()`).
    """

    words: str
    channel: str
    kind: str = "request"
    category: str = ""
    district: int | None = None
    address: str = ""
    lat_e6: int | None = None
    lon_e6: int | None = None
    caller: contacts.Caller | None = None  # None: anonymous
    photos: Sequence[int] = ()
    case_id: int | None = None
    simulated: bool = False
    source: str = ""  # where an imported report came from, as an id
    language: str = "fa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The new case, its tracking code (12 Latin digits), and who reported it (None: anonymous)."""

    case: CaseState
    event: Recorded
    citizen_id: int | None
    reporter_id: int

    @property
    def code(self) -> str:
        return self.case.code


def register(*, policy: CityPolicy, report: Report, actor: Actor, at: datetime) -> Registered:
    """Open a case and refer it. Raises WrongEvidence naming every field that cannot be right."""
    _check(policy, report)
    for _ in range(CODE_TRIES_MAX - 1):
        try:
            return _register(policy, report, actor, at)
        except IntegrityError as clash:
            if "code" not in str(clash):
                raise
    return _register(policy, report, actor, at)


@transaction.atomic
def _register(policy: CityPolicy, report: Report, actor: Actor, at: datetime) -> Registered:
    case_id = report.case_id or new_id()
    code = codes.make(at.astimezone(ZoneInfo(policy.calendar.zone)).date(), _serial())
    met = contacts.meet(
        case_id,
        report.caller,
        {"words": report.words, "address": report.address},
        channel=report.channel,
        language=report.language,
        actor=actor,
        at=at,
    )
    entry = _entry(policy, report, actor, at, case_id, code, met.blinded)
    state = apply(None, entry)
    state.policy = policy.digest
    recorded = store.write(state, [entry], before=None)
    project(recorded)
    return Registered(
        case=state, event=recorded[0], citizen_id=met.citizen_id, reporter_id=met.reporter_id
    )


def _entry(
    policy: CityPolicy,
    report: Report,
    actor: Actor,
    at: datetime,
    case_id: int,
    code: str,
    blinded: bytes,
) -> Entry:
    category = policy.categories.get(report.category)
    unit = decide.route(policy, report.category, report.district)
    stage = policy.start if unit else policy.start_unsorted
    holder = unit or policy.stages[stage].holder
    class_code = category.class_code if category else ""
    clock = clocks.unit_clock(policy, stage=stage, class_code=class_code, at=at)
    facts: dict[str, Any] = {
        "case": {
            "code": code,
            "kind": report.kind,
            "category": report.category,
            "class_code": class_code,
            "district": report.district,
            "lat_e6": report.lat_e6,
            "lon_e6": report.lon_e6,
            "channel": report.channel,
            "stage": stage,
            "status": "referred" if unit else policy.stages[stage].status,
            "unit": holder,
            "executive_unit": unit or "",
            "cycle": 1,
            "simulated": report.simulated,
        },
        "citizen_clock": clocks.citizen_clock(policy, at=at),
        "opens": [{"number": 1, "role": "lead", "stage": stage, "unit": holder, "clock": clock}],
        "tells": "registered",
    }
    if report.photos:
        facts["photos"] = list(report.photos)
    if report.source:
        facts["source"] = report.source
    return Entry(
        subject="case",
        subject_id=case_id,
        kind="case.registered",
        stage=stage,
        unit=holder,
        actor=actor,
        happened_at=at,
        policy=policy.digest,
        facts=facts,
        papers=blinded,
    )


def _check(policy: CityPolicy, report: Report) -> None:
    faults: dict[str, str] = {}
    if not report.words.strip():
        faults["words"] = "missing"
    if report.kind not in policy.kinds:
        faults["kind"] = "unknown"
    if report.category and report.category not in policy.categories:
        faults["category"] = "unknown"
    if report.district is not None and report.district not in policy.organisation.districts:
        faults["district"] = "unknown"
    if faults:
        raise WrongEvidence(faults)


def _serial() -> int:
    [(number,)] = run("select nextval('cases_serial')", ())
    return int(number) % codes.SERIALS
