"""The closed vocabulary of a policy: every word that a city's file may use and what it means.

A policy never holds an expression. What these words cannot say gets one new named word here,
with its meaning in code and a test, and then any city may use it.
"""

from typing import Final

CLOSED: Final = "closed"
SAME: Final = "same"  # the step changes nothing about who holds the case
DONE: Final = "done"  # a track has done its part
START: Final = "start"  # where this kind of voice begins, or the urgent lane

#: What a post may be for. Pages and steps are opened to roles, never to persons.
ROLES: Final = (
    "reception",
    "executive",
    "executive_head",
    "feedback",
    "special_follow_up",
    "operations",  # the operations centre: urgent messages
    "supervisor",  # enters where an urgent message needs more than the first action
    "correspondence",  # official letters
    "social_media",  # publishes, anonymised, and brings back the public answer
    "inspection",  # complaints about officials
    "council",  # a member brought in to facilitate: sees, notes, intervenes, never closes
    "auditor",  # opens what the public log hides, without names; sees no case
    "centre_head",
    "deputy",
    "mayor",
    "admin",
)

#: Who may take a step: somebody in relation to the case, or anybody with a role.
HOLDER: Final = "holder"  # the post that the referral names, or any of its unit if it names none
HOLDER_UNIT: Final = "holder_unit"  # anybody in the unit of the post that holds it: who drafts
HOLDER_HEAD: Final = "holder_head"  # the head of that unit, or of a unit above it
CITIZEN: Final = "citizen"
SYSTEM: Final = "system"
CENTRE_HEAD: Final = "centre_head"
COUNCIL: Final = "council"
ACTORS: Final = frozenset({HOLDER, HOLDER_UNIT, HOLDER_HEAD, CITIZEN, SYSTEM, *ROLES})

#: Who holds a case that waits in a stage; anything else is the code of a unit.
ROUTING: Final = "routing"  # the unit that category × district lead to
ROUTING_HEAD: Final = "routing_head"  # the head of that unit, by post
SAME_POST: Final = "same_post"  # whoever held it last
ABOVE_ANSWERER: Final = "above_answerer"  # the superior of the post that answered
IMPARTIAL: Final = "impartial"  # the first of `impartial` that does not stand below the accused
NAMED_UNIT: Final = "named_unit"  # the unit that the voice is about
ROUTED: Final = frozenset({ROUTING, ROUTING_HEAD})
HOLDERS: Final = ROUTED | {SAME_POST, ABOVE_ANSWERER, IMPARTIAL, NAMED_UNIT}

#: What a stage does when its own deadline passes, besides the ladder: climb, or a step's code.
SUPERIOR: Final = "superior"
CLIMBED: Final = "climbed"  # the outcome of a referral that climbed

EVERY_UNIT: Final = "all"  # of [office] in city.toml: everybody works with the office automation

#: What an overlay is for, and the roles that may be named to switch one on.
OVERLAY_KINDS: Final = ("crisis", "season")
SWITCHES: Final = ("centre_head", "deputy", "mayor")

#: The staff page that serves a stage.
DESKS: Final = ("inbox", "calls", "field", "operations", "letters", "social")

#: What a kind of voice speaks about.
ABOUT: Final = ("case", "post", "unit")
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
    "citizen_word": "object: via (call, sms, web, code, signature), at (epoch seconds), secret",
    "inspection": "inspection id: place, time, findings, photos, the citizen's own account",
    "attempts": "object: count, first, last (epoch seconds) of calls that reached nobody",
    "merged_into": "case id of the lead case",
    "outside_body": "code of the body that owns the matter",
    "kind": "code of the kind of voice that it really is",
    "reason": "paper id: why",
    "urgent_ground": "code of the ground of urgency",
    "action_text": "paper id: the first action that was taken",
    "crew": "paper id: who was sent",
    "target_post": "post code",
    "letter": "letter id: an official letter that was sent",
    "letter_reply": "letter id: the reply that came in",
    "post_draft": "paper id: anonymised words for the social networks",
    "post_link": "paper id: address of what was published",
    "published_answer": "paper id: the answer that was published",
    "body_answer": "paper id: what the outside body answered",
    "decision": "paper id: what a board or an inspector decided, and why",
    "facilitation": "paper id: what a member of the council did to bring it forward",
    "rating": "whole number 1 to 5: how good the citizen finds the answer",
}

#: Ways in which a citizen's word reaches us, and what an inspection may find.
WORD_VIA: Final = ("call", "sms", "web", "code", "signature")
FINDINGS: Final = ("done", "partly", "not_done")

#: Evidence that the engine itself supplies, from what the case already holds.
SUPPLIED: Final = frozenset({"head_approval", "attempts"})

#: Outcomes of a call to the citizen that did not reach them; each waits before the next attempt.
UNREACHED_STEP: Final = "unreached"  # the step that records one; its calls count as `attempts`
#: Subjects or cases for which alone a step is there.
ONLY_FOR: Final = ("long_running", "nonmunicipal", "urgent", "not_urgent")
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

#: Kinds of unit; `scored` ones own the points of every unit below them.
UNIT_KINDS: Final = (
    "mayor",
    "deputy",
    "district",
    "organisation",
    "department",
    "centre",
    "desk",
    "council",  # stands beside the mayor, not below
)
SCORED_KINDS: Final = ("district", "organisation")

#: What a city ranks its districts and organisations by.
RANKINGS: Final = ("score", "satisfaction")

#: Parts of a score, and what takes away from it.
SCORE_PARTS: Final = ("timely", "resolved", "satisfied", "quality")
PENALTIES: Final = ("reopened", "inspected_false", "points")
