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
from peygir.cases import clocks, decide, holding, overlays, store
from peygir.cases.fold import apply
from peygir.cases.policies import for_new
from peygir.cases.refusals import WrongEvidence
from peygir.cases.state import CaseState
from peygir.ledger.entry import Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.statement import run
from peygir.people import contacts
from peygir.policy import vocabulary
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import ROUTED

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
    urgent: str = ""  # ground of urgency; "": not urgent
    about_case: int | None = None  # the earlier case that the voice speaks about
    about_post: str = ""
    about_unit: str = ""
    device: str = ""  # hash of a secret that the reporting device keeps (`cases.device`)


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
    """Open a case and refer it. Raises WrongEvidence naming every field that cannot be right.

    `policy`: the one in force; where a newer one has reached the unit that answers (M11), that one
    is the case's.
    """
    policy = for_new(report.category, report.district, at=at, otherwise=policy)
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
    sealed = policy.kinds[report.kind].sealed
    unit = None if sealed else holding.route(policy, report.category, report.district)
    stage, holder, post = _begins(policy, report, unit)
    class_code = category.class_code if category else ""
    begins: dict[str, Any] = {
        "stage": stage,
        "holder": (holder, post),
        "class_code": class_code,
        "first": 1,
        "at": at,
        "route_unit": unit or "",
    }
    subject = overlays.Subject(
        district=report.district, class_code=class_code, category=report.category, sealed=sealed
    )
    eased, run_of = overlays.eased(policy, subject, at)
    opens = decide.opening(eased, **begins)
    routed = policy.stages[stage].holder in ROUTED
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
            "status": "referred" if routed else policy.stages[stage].status,
            "unit": holder,
            "executive_unit": unit or "",
            "cycle": 1,
            "simulated": report.simulated,
            **_own(policy, report, post),
        },
        "citizen_clock": clocks.citizen_clock(policy, at=at),
        "opens": opens,
        "tells": "registered",
    }
    if run_of is not None:
        facts |= overlays.mark(run_of, decide.opening(policy, **begins), opens)
    if report.photos:
        facts["photos"] = list(report.photos)
    if report.source:
        facts["source"] = report.source
    if report.device:
        facts["device"] = report.device
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


def _begins(policy: CityPolicy, report: Report, unit: str | None) -> tuple[str, str, str]:
    """Stage, unit and post ("": anybody of the unit) with which the case begins."""
    stage = policy.begins(report.kind, urgent=bool(report.urgent))
    match policy.stages[stage].holder:
        case vocabulary.ROUTING | vocabulary.ROUTING_HEAD if unit is None:
            return policy.start_unsorted, policy.stages[policy.start_unsorted].holder, ""
        case vocabulary.ROUTING:
            return stage, unit or "", ""
        case vocabulary.ROUTING_HEAD:
            return stage, unit or "", policy.organisation.head_of(unit or "") or ""
        case vocabulary.IMPARTIAL:
            return stage, holding.impartial(policy, report.about_post), ""
        case vocabulary.NAMED_UNIT:
            return stage, report.about_unit, ""
        case holder:
            return stage, holder, ""


def _own(policy: CityPolicy, report: Report, post: str) -> dict[str, Any]:
    """What only some cases have; the others' events stay as short as they were."""
    given = {
        "post": post,
        "urgent": report.urgent,
        "sealed": policy.kinds[report.kind].sealed,
        "about_case": report.about_case,
        "about_post": report.about_post,
        "about_unit": report.about_unit,
    }
    return {name: value for name, value in given.items() if value}


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
    if report.urgent and (policy.urgent is None or report.urgent not in policy.urgent.grounds):
        faults["urgent"] = "unknown"
    faults |= _sealed_faults(policy, report)
    faults |= _about_faults(policy, report)
    if faults:
        raise WrongEvidence(faults)


def _sealed_faults(policy: CityPolicy, report: Report) -> dict[str, str]:
    """What is sealed is filed under no subject and no place, and in no urgent lane: lists and
    counts by any of these would tell of it (T7)."""
    kind = policy.kinds.get(report.kind)
    if kind is None or not kind.sealed:
        return {}
    given = {
        "urgent": report.urgent,
        "category": report.category,
        "district": report.district is not None,
        "lat": report.lat_e6 is not None,
    }
    return {name: "not_asked_for" for name, value in given.items() if value}


def _about_faults(policy: CityPolicy, report: Report) -> dict[str, str]:
    """What the voice is about must be named where its kind asks for it, and must exist."""
    org, faults = policy.organisation, {}
    kind = policy.kinds.get(report.kind)
    if kind is not None and kind.about == "post" and not report.about_post:
        faults["about_post"] = "missing"
    if kind is not None and kind.about == "case" and report.about_case is None:
        faults["about_case"] = "missing"
    if kind is not None and kind.about == "unit" and not report.about_unit:
        faults["about_unit"] = "missing"
    if report.about_case is not None and not _exists(report.about_case):
        faults["about_case"] = "unknown"
    if report.about_post and report.about_post not in org.posts:
        faults["about_post"] = "unknown"
    if report.about_unit and report.about_unit not in org.units:
        faults["about_unit"] = "unknown"
    return faults


def _exists(case_id: int) -> bool:
    return bool(run("select 1 from cases_case where id = %s::bigint", (case_id,)))


def _serial() -> int:
    [(number,)] = run("select nextval('cases_serial')", ())
    return int(number) % codes.SERIALS
