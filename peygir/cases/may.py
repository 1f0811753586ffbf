"""Who may do what: the one page to read about permissions.

`STEP_RULES` decides steps of a case, `PAGES` decides which pages a role may open. Roles come from
the posts that a person fills or stands in for; nobody has a permission of their own.
"""

from collections.abc import Callable

from peygir.cases.state import CaseState, ReferralState
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import (
    CENTRE_HEAD,
    CITIZEN,
    COUNCIL,
    HOLDER,
    HOLDER_HEAD,
    HOLDER_UNIT,
    ROLES,
    SAME,
    SYSTEM,
)

Rule = Callable[[CityPolicy, CaseState, ReferralState | None, Actor], bool]

EVERYBODY = frozenset(ROLES)
AUDITOR = frozenset({"auditor"})
ALL_STAFF = EVERYBODY - {"council"} - AUDITOR
HEADS = frozenset({"executive_head", "centre_head", "deputy", "mayor"})
CENTRE = frozenset({"reception", "feedback", "special_follow_up", "centre_head"})
DRAFTERS = frozenset({"centre_head", "admin"})
APPROVERS = frozenset({"centre_head", "deputy", "mayor"})

#: page (or permission that a page checks) -> roles that may open it.
PAGES: dict[str, frozenset[str]] = {
    "home": EVERYBODY,
    "account": EVERYBODY,  # own password, language, second factor
    # Of them, only cases that `Case.objects.visible_to` gives.
    "case": EVERYBODY - {"admin"} - AUDITOR,
    "inbox": EVERYBODY - {"admin"} - AUDITOR,  # what waits with their own units
    "console": frozenset({"reception", "centre_head"}),
    "feedback": frozenset({"feedback", "centre_head"}),
    "field": frozenset({"special_follow_up", "centre_head"}),
    "operations": frozenset({"operations", "supervisor", "centre_head", "mayor"}),  # urgent, live
    "letters": frozenset({"correspondence", "council"}) | APPROVERS,  # of cases that they see
    "letters_write": frozenset({"correspondence", "centre_head"}),
    "social": frozenset({"social_media", "centre_head"}),
    "council": frozenset({"council"}),  # cases that they were brought into
    "story": frozenset({"council"}) | APPROVERS,  # the whole story of a case, to be shown; logged
    "head": HEADS,  # workload, promises to approve, points of own units
    "search": ALL_STAFF - {"admin"},
    "contact": CENTRE
    | {"executive", "executive_head", "inspection"},  # a reporter's name and number on a case
    "undelivered": frozenset({"centre_head", "admin"}),  # messages given up; send them once more
    "objections": frozenset({"centre_head", "mayor", "deputy", "council"}),  # to non-follow-up
    "outside": frozenset(
        {"reception", "executive", "executive_head", "correspondence", "centre_head", "mayor"}
    ),  # directory and hand-over lists; of these only cases that one may see
    "contacts": frozenset({"reception", "centre_head", "deputy", "mayor"}),  # counts, no names
    "shifts": frozenset({"reception", "centre_head"}),  # who is on, hand over to the next shift
    "shifts_change": frozenset({"centre_head"}),
    "quality": HEADS | {"feedback"},  # answers: speed, rating, review, near-copies
    "quality_review": frozenset({"feedback", "centre_head"}),
    "ranking": ALL_STAFF,
    "analysis": HEADS | {"council"},  # trends and places; its lists only of cases that one may see
    # Claims of work done that are to be looked at: never shown to those who made them.
    "inspections": APPROVERS | {"special_follow_up", "inspection", "council"},
    "inspections_record": frozenset({"special_follow_up", "inspection", "centre_head"}),
    "organisation": ALL_STAFF,
    "organisation_change": frozenset({"admin"}),
    "staff": frozenset({"admin", "centre_head"}),
    "staff_change": frozenset({"admin"}),
    "policy": ALL_STAFF,
    "policy_drafts": DRAFTERS | APPROVERS,
    "policy_draft": DRAFTERS,
    "policy_approve": APPROVERS,  # never whoever wrote a part of the draft
    "crisis": APPROVERS | {"council"},  # what holds, plans and comments, reports, pauses
    "crisis_switch": APPROVERS,  # of them whoever the overlay names, and a second person
    "season": HEADS | {"council", "executive"},  # the board of a season's headquarters
    "erasures": APPROVERS | {"admin"},  # destroy what was said in a closed case: two people
    "openings": AUDITOR,  # what the public log hides, without names; lots, signed results
    "public_log": APPROVERS | {"admin"},  # how it stands, why it stands still
    "simulator": frozenset({"centre_head", "admin"}),
    "office": frozenset({"centre_head", "admin"}),  # how the office automation is connected
}


def open_page(actor: Actor, page: str) -> bool:
    """May this person open the page? Raises KeyError for a page that is not on the list."""
    return bool(PAGES[page] & actor.roles)


def take_step(
    policy: CityPolicy, state: CaseState, step: Step, referral: ReferralState | None, actor: Actor
) -> bool:
    """May this actor take (or propose) `step` on this case now?

    Nobody acts on a complaint about themselves or about somebody above them (T7).
    """
    if barred(state, actor):
        return False
    may_as = {who for who in step.by if STEP_RULES[who](policy, state, referral, actor)}
    if step.to != SAME:
        may_as.discard(COUNCIL)  # they facilitate; they never move a case nor its clocks (I12)
    return bool(may_as)


def barred(state: CaseState, actor: Actor) -> bool:
    """Is this a complaint about the actor or somebody above them, whatever else they fill (T7)?"""
    return state.sealed and state.about_post in actor.above | actor.posts | {actor.post}


def invite(policy: CityPolicy, state: CaseState, actor: Actor) -> bool:
    """May this actor bring a member of the council into the case now (I12)?

    The head of the centre or whoever holds it, where it waits in a stage that has a step for them.
    Never into a complaint about an official: it is sealed.
    """
    lead = state.lead
    if lead is None or state.sealed:
        return False
    steps = policy.stages[lead.stage].steps.values()
    return any(COUNCIL in step.by for step in steps) and leads_in(policy, state, actor)


def check_claim(unit: str, actor: Actor) -> bool:
    """May this actor say whether a claim of `unit` holds? Nobody judges their own unit's."""
    return (
        actor.kind == "post"
        and open_page(actor, "inspections_record")
        and (unit not in actor.units)
    )


def has_part(policy: CityPolicy, role: str) -> bool:
    """Whether some stage of the policy has a step for this role."""
    return any(role in s.by for stage in policy.stages.values() for s in stage.steps.values())


def leads_in(policy: CityPolicy, state: CaseState, actor: Actor) -> bool:
    """May this actor withdraw an invitation? Also when the case has moved on."""
    if actor.kind != "post" or barred(state, actor):
        return False
    return CENTRE_HEAD in actor.roles or _holds(policy, state, state.lead, actor)


def approve(policy: CityPolicy, referral: ReferralState, actor: Actor) -> bool:
    """May this actor approve what the referral's unit proposes? Its head, or one above."""
    return actor.kind == "post" and bool(
        actor.heads & set(policy.organisation.ancestors(referral.unit))
    )


def _holds(
    policy: CityPolicy, state: CaseState, referral: ReferralState | None, actor: Actor
) -> bool:
    if not _in_unit(policy, state, referral, actor) or referral is None:
        return False
    return not referral.post or referral.post in actor.posts | {actor.post}


def _in_unit(
    policy: CityPolicy, state: CaseState, referral: ReferralState | None, actor: Actor
) -> bool:
    return actor.kind == "post" and referral is not None and referral.unit in actor.units


def _heads_holder(
    policy: CityPolicy, state: CaseState, referral: ReferralState | None, actor: Actor
) -> bool:
    return referral is not None and approve(policy, referral, actor)


def _is(role: str) -> Rule:
    return lambda policy, state, referral, actor: actor.kind == "post" and role in actor.roles


def _invited(
    policy: CityPolicy, state: CaseState, referral: ReferralState | None, actor: Actor
) -> bool:
    """A member of the council who was brought into this very case."""
    return actor.kind == "post" and not {*state.council}.isdisjoint(actor.posts | {actor.post})


def _kind(kind: str) -> Rule:
    return lambda policy, state, referral, actor: actor.kind == kind


STEP_RULES: dict[str, Rule] = {
    **{role: _is(role) for role in ROLES},
    COUNCIL: _invited,
    HOLDER: _holds,
    HOLDER_UNIT: _in_unit,
    HOLDER_HEAD: _heads_holder,
    CITIZEN: _kind("citizen"),  # the door has checked that it is this case's citizen
    SYSTEM: _kind("system"),
}
