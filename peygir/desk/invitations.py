"""Members of the council in a case: who is brought in, and who could be."""

from dataclasses import dataclass
from datetime import datetime

from peygir.cases import may, words
from peygir.cases.state import CaseState
from peygir.ledger.entry import Actor
from peygir.look.numbers import listed
from peygir.people import organisation
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import COUNCIL

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """Posts with their words. `free`: empty for whoever may not invite."""

    invited: Options
    free: Options
    may_withdraw: bool


def shown(
    policy: CityPolicy, state: CaseState, actor: Actor, *, at: datetime, language: str
) -> Invitations | None:
    """None where there is nothing to say or do about it."""
    may_invite = may.invite(policy, state, actor)
    if not may_invite and not state.council:
        return None
    free = [
        post.code
        for post in policy.organisation.posts.values()
        if may_invite and COUNCIL in post.roles and post.code not in state.council
    ]
    return Invitations(
        invited=[(code, _who(policy, code, at, language)) for code in state.council],
        free=[(code, words.post_name(policy, code, language)) for code in free],
        may_withdraw=may.leads_in(policy, state, actor),
    )


def _who(policy: CityPolicy, code: str, at: datetime, language: str) -> str:
    """The post, and who fills it now."""
    people = [person.name(language) for person in organisation.holders(code, at=at)]
    return listed((words.post_name(policy, code, language), *people))
