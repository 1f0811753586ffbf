"""Who takes a step in the simulated city: the person whose work it is, or the citizen."""

from peygir.cases.state import CaseState, ReferralState
from peygir.demo.town import Town
from peygir.ledger.entry import CITIZEN as THE_CITIZEN
from peygir.ledger.entry import Actor
from peygir.policy.model import Step
from peygir.policy.vocabulary import CITIZEN, HOLDER, HOLDER_HEAD, HOLDER_UNIT, SYSTEM

DRAFTS = 0.6  # how often an expert drafts what the holder answers
BY_THEMSELVES = 0.12  # how often citizens answer by SMS or on the portal before they are called


def takes(town: Town, state: CaseState, referral: ReferralState | None, step: Step) -> Actor | None:
    """Somebody who may take the step; None when this city has nobody."""
    others = [who for who in step.by if who not in (CITIZEN, SYSTEM)]
    if CITIZEN in step.by and (not others or referral is None or town.share(_own(town, referral))):
        return THE_CITIZEN
    town.rng.shuffle(others)
    others.sort(key=lambda who: _rank(town, referral, who))
    found = (_somebody(town, referral, who) for who in others)
    actor = next((one for one in found if one is not None), None)
    return actor or (THE_CITIZEN if CITIZEN in step.by else None)


def holder(town: Town, referral: ReferralState) -> Actor:
    """Whoever has the referral: its post, or anybody of its unit."""
    if referral.post:
        return town.cast.post(referral.post)
    return town.cast.member(referral.unit, town.rng)


def _own(town: Town, referral: ReferralState) -> float:
    stage = town.policy.stages[referral.stage]
    return 0.85 if stage.waits_for_citizen else BY_THEMSELVES


def _rank(town: Town, referral: ReferralState | None, who: str) -> int:
    if who == HOLDER_UNIT:
        return 0 if town.share(DRAFTS) else 2
    return 1 if who == HOLDER else 3 if who == HOLDER_HEAD else 2


def _somebody(town: Town, referral: ReferralState | None, who: str) -> Actor | None:
    if who in (HOLDER, HOLDER_UNIT, HOLDER_HEAD):
        if referral is None:
            return None
        if who == HOLDER:
            return holder(town, referral)
        unit = referral.unit
        return town.cast.head(unit) if who == HOLDER_HEAD else town.cast.member(unit, town.rng)
    return town.cast.role(who, town.rng)
