"""A case as plain values, for deciding and folding without a database."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from peygir.cases.models.clock import PAUSED, RUNNING


@dataclass(slots=True, kw_only=True)
class ReferralState:
    number: int
    role: str
    stage: str
    unit: str
    cycle: int
    opened_at: datetime
    not_before: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    proposal: dict[str, Any] | None = None
    post: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(slots=True, kw_only=True)
class ClockState:
    number: int
    unit: str
    state: int
    generation: int
    rung: int
    started_at: datetime
    due_at: datetime
    due_ats: list[datetime]
    next_due_at: datetime | None
    repeat_s: int
    warnings: int = 0
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    paused_s: int = 0
    pause_reason: str = ""
    stopped_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in (RUNNING, PAUSED)


@dataclass(slots=True, kw_only=True)
class CaseState:
    id: int
    code: str
    kind: str
    category: str
    class_code: str
    district: int | None
    lat_e6: int | None
    lon_e6: int | None
    channel: str
    stage: str
    status: str
    unit: str
    executive_unit: str
    cycle: int
    opened_at: datetime
    closed_at: datetime | None = None
    ending: str = ""
    determined_at: datetime | None = None
    informed_at: datetime | None = None
    promised_for: datetime | None = None
    inspection: int | None = None
    finding: str = ""
    satisfied: bool | None = None
    lead_id: int | None = None
    reporters: int = 1
    returns: int = 0
    objections: int = 0
    policy: str = ""
    version: int = 1
    simulated: bool = False
    post: str = ""
    urgent: str = ""
    sealed: bool = False
    about_case: int | None = None
    about_post: str = ""
    about_unit: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    council: list[str] = field(default_factory=list)
    referrals: list[ReferralState] = field(default_factory=list)
    clocks: list[ClockState] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def lead(self) -> ReferralState | None:
        return next((r for r in self.referrals if r.is_open and r.role == "lead"), None)

    @property
    def open_co(self) -> list[ReferralState]:
        return [r for r in self.referrals if r.is_open and r.role == "co"]

    def referral(self, number: int) -> ReferralState:
        return next(r for r in self.referrals if r.number == number)

    def clock(self, number: int) -> ClockState:
        return next(c for c in self.clocks if c.number == number)

    def taken(self, step: str, cycle: int | None = None) -> list[ReferralState]:
        """Referrals that `step` closed, in `cycle` (None: in all)."""
        return [r for r in self.referrals if r.outcome == step and cycle in (None, r.cycle)]


CASE_FIELDS = tuple(f.name for f in fields(CaseState) if f.name not in ("referrals", "clocks"))
REFERRAL_FIELDS = tuple(f.name for f in fields(ReferralState))
CLOCK_FIELDS = tuple(f.name for f in fields(ClockState))
