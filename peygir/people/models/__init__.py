"""Nouns of this room. `case_id` is a plain number here: people stand below cases."""

from peygir.people.models.citizens import CaseKey, Citizen, OneTimeCode, Reporter, Throttle
from peygir.people.models.erasures import Erasure
from peygir.people.models.letters import Letter, LetterSerial
from peygir.people.models.organisation import Delegation, Post, Tenure, Unit
from peygir.people.models.papers import Call, Inspection, Paper, Photo
from peygir.people.models.staff import Staff

__all__ = [
    "Call",
    "CaseKey",
    "Citizen",
    "Delegation",
    "Erasure",
    "Inspection",
    "Letter",
    "LetterSerial",
    "OneTimeCode",
    "Paper",
    "Photo",
    "Post",
    "Reporter",
    "Staff",
    "Tenure",
    "Throttle",
    "Unit",
]
