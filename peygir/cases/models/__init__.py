"""Nouns of the heart.

All rows are derived from events (see `fold`) and written only by `acts` and `sweep`.
"""

from peygir.cases.models.case import Case, CaseQuerySet
from peygir.cases.models.clock import Clock
from peygir.cases.models.overlay import OverlayPlan, OverlayRun, OverlayTask, PlanComment
from peygir.cases.models.policy import Draft, Ending, InForce, PolicyVersion, Rollout, Told
from peygir.cases.models.referral import Referral

__all__ = [
    "Case",
    "CaseQuerySet",
    "Clock",
    "Draft",
    "Ending",
    "InForce",
    "OverlayPlan",
    "OverlayRun",
    "OverlayTask",
    "PlanComment",
    "PolicyVersion",
    "Referral",
    "Rollout",
    "Told",
]
