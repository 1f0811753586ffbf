"""The closed vocabulary of a policy: every word that a city's file may use and what it means.

A policy never holds an expression. What these words cannot say gets one new named word here,
with its meaning in code and a test, and then any city may use it.
"""

from typing import Final

CLOSED: Final = "closed"
SAME: Final = "same"  # the step changes nothing about who holds the case

#: Who may take a step.
HOLDER: Final = "holder"  # staff of the unit that the referral names
HOLDER_HEAD: Final = "holder_head"  # the head of that unit, or of a unit above it
CITIZEN: Final = "citizen"
SYSTEM: Final = "system"
RECEPTION: Final = "reception"
CENTRE_HEAD: Final = "centre_head"
ACTORS: Final = frozenset({HOLDER, HOLDER_HEAD, CITIZEN, SYSTEM, RECEPTION, CENTRE_HEAD})

ROUTING: Final = "routing"  # holder resolved from category × district
CLASS_DUE: Final = "class"  # time allowed by the category's class

LEAD: Final = "lead"
CO: Final = "co"

#: What a step may ask for, and the shape of its value inside an event (never text, never a name).
EVIDENCE: Final[dict[str, str]] = {
    "result_text": "paper id: what was done, in the unit's words",
    "report_to_citizen": "paper id: what the citizen is told",
    "answer_text": "paper id: a reasoned answer to something that cannot be done",
    "return_reason": "paper id: why this unit is the wrong one",
    "objection_reason": "paper id: what the citizen says is still wrong",
    "refusal_reason": "paper id: why the head refuses a proposal",
    "note": "paper id: a remark for colleagues",
    "photo_before": "list of photo ids",
    "photo_after": "list of photo ids",
    "promised_for": "instant (epoch seconds) by which the work will be done",
    "head_approval": "post code of the head who approved",
    "target_unit": "unit code",
    "category": "category code",
    "district": "district number",
    "call": "object: outcome, started, ended (epoch seconds), staff; one attempt to reach them",
    "callback_at": "instant (epoch seconds) that the citizen asked to be called at",
    "citizen_word": "object: via (call, sms, web, code, signature), at (epoch seconds)",
    "inspection": "inspection id: place, time, findings, photos, the citizen's own account",
    "attempts": "object: count, first, last (epoch seconds) of calls that reached nobody",
    "merged_into": "case id of the lead case",
    "outside_body": "code of the body that owns the matter",
}

#: Ways in which a citizen's word reaches us, and what an inspection may find.
WORD_VIA: Final = ("call", "sms", "web", "code", "signature")
FINDINGS: Final = ("done", "partly", "not_done")

#: Evidence that the engine itself supplies, from what the case already holds.
SUPPLIED: Final = frozenset({"head_approval", "attempts"})

#: Outcomes of a call to the citizen that did not reach them; each waits before the next attempt.
UNREACHED_STEP: Final = "unreached"  # the step that records one; its calls count as `attempts`
UNREACHED: Final = ("no_answer", "busy", "off", "wrong_number")

#: Who learns at a rung; resolved over the tree of posts when the rung fires.
TOLD: Final = ("unit_head", "district_head", "deputy", "mayor")

#: What the citizen sees (field.md §6).
STATUSES: Final = (
    "registered",
    "referred",
    "in_progress",
    "awaiting_citizen",
    "special_follow_up",
    "long_running",
    "closed",
    "reopened",
)

ROLES: Final = (
    "reception",
    "executive",
    "executive_head",
    "feedback",
    "special_follow_up",
    "centre_head",
    "deputy",
    "mayor",
    "admin",
)

#: Kinds of unit; `scored` ones own the points of every unit below them.
UNIT_KINDS: Final = ("mayor", "deputy", "district", "organisation", "department", "centre", "desk")
SCORED_KINDS: Final = ("district", "organisation")
