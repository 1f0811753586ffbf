"""A member of the council who is brought into one case: sees it, notes, facilitates, no more."""

import pytest

from peygir.cases import acts, may, reading, words
from peygir.cases.models import Case
from peygir.cases.refusals import NotAllowed, WrongEvidence
from peygir.ledger import read
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy
from tests.city import Story, filling
from tests.urgent import urgent_city

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("I12")]
__all__ = ["urgent_city"]


@pytest.fixture
def special(urgent_city: CityPolicy) -> Story:
    """A special message with its three tracks open."""
    it = Story(urgent_city, category="C01", district=5)
    it.after(hours=1).report()
    it.after(hours=1).dissatisfied()
    return it


def member(it: Story, number: int = 1) -> Actor:
    return filling(it.policy, f"council-{number}")


def invite(it: Story, who: str = "centre-head", post: str = "council-1") -> acts.Done:
    actor = filling(it.policy, who)
    done = acts.invite(policy=it.policy, case_id=it.case.id, actor=actor, at=it.at, post=post)
    it.case = done.case
    return done


def withdraw(it: Story, who: str = "centre-head", post: str = "council-1") -> acts.Done:
    actor = filling(it.policy, who)
    return acts.uninvite(policy=it.policy, case_id=it.case.id, actor=actor, at=it.at, post=post)


def sees(it: Story, number: int = 1) -> bool:
    return Case.objects.visible_to(member(it, number)).filter(pk=it.case.id).exists()


def test_only_the_invited_member_sees_the_case_and_only_until_it_is_withdrawn(
    special: Story,
) -> None:
    other = Story(special.policy, category="C01", district=5)
    assert not sees(special)
    done = invite(special)
    assert done.event.facts["invited"] == "council-1"
    assert Case.objects.get(pk=special.case.id).council == ["council-1"]
    assert sees(special)
    assert not sees(special, 2)
    assert not sees(other)
    withdraw(special)
    assert not sees(special)
    assert Case.objects.get(pk=special.case.id).council == []


def test_the_story_names_the_post_and_citizens_do_not_read_it(special: Story) -> None:
    invite(special)
    withdraw(special)
    story = [line.words for line in words.timeline(special.case.id, special.policy, "en")]
    assert "Member of the council 1 was invited to facilitate." in story
    assert "The invitation of Member of the council 1 was withdrawn." in story
    told = words.timeline(special.case.id, special.policy, "en", "citizen")
    assert not [line for line in told if "invit" in line.words]


def test_a_member_facilitates_and_notes_but_closes_nothing(special: Story) -> None:
    with pytest.raises(NotAllowed):
        special.act("facilitated", member(special), facilitation="با مالک جلسه گذاشته شد")
    invite(special)
    due = [(c.number, c.due_at) for c in special.case.clocks]
    special.act("facilitated", member(special), facilitation="با مالک جلسه گذاشته شد")
    acts.note(
        policy=special.policy, case_id=special.case.id, actor=member(special), at=special.at,
        text="پیگیری شد",
    )  # fmt: skip
    assert [(c.number, c.due_at) for c in special.case.clocks] == due
    for step in ("not_confirmed", "confirmed", "done_unreachable", "make_urgent"):
        with pytest.raises(NotAllowed):
            special.act(step, member(special))


def test_a_policy_cannot_let_a_member_move_a_case(special: Story) -> None:
    invite(special)
    lead = special.case.lead
    step = special.policy.stages["special"].steps["confirmed"]
    moved = step.__class__(**{n: getattr(step, n) for n in step.__slots__} | {"by": ("council",)})
    assert not may.take_step(special.policy, special.case, moved, lead, member(special))


@pytest.mark.parametrize("who", ["reception-1", "waste-head", "council-2", "letters-head", "mayor"])
def test_only_the_holder_and_the_head_of_the_centre_invite(special: Story, who: str) -> None:
    with pytest.raises(NotAllowed):
        invite(special, who)
    invite(special, "special-follow-up-1")
    with pytest.raises(NotAllowed):
        withdraw(special, who)


def test_only_members_of_the_council_are_invited_and_each_once(special: Story) -> None:
    for post in ("mayor", "nobody", ""):
        with pytest.raises(WrongEvidence):
            invite(special, post=post)
    invite(special)
    with pytest.raises(WrongEvidence) as again:
        invite(special)
    assert again.value.fields == {"post": "already_invited"}
    with pytest.raises(WrongEvidence):
        withdraw(special, post="council-2")


def test_nobody_is_invited_where_the_policy_has_no_part_for_them(urgent_city: CityPolicy) -> None:
    it = Story(urgent_city, category="C01", district=5)
    with pytest.raises(NotAllowed):
        invite(it)


def test_a_closed_case_takes_nobody_but_lets_one_go(special: Story) -> None:
    invite(special)
    closed = special.case
    closed.referrals = [r for r in closed.referrals if r.role == "co"]
    assert not may.invite(special.policy, closed, filling(special.policy, "centre-head"))
    assert may.leads_in(special.policy, closed, filling(special.policy, "centre-head"))
    assert not may.leads_in(special.policy, closed, filling(special.policy, "special-follow-up-1"))


def test_a_complaint_about_an_official_is_never_opened_to_them(special: Story) -> None:
    special.case.sealed, special.case.about_post = True, "waste-expert"
    assert not may.invite(special.policy, special.case, filling(special.policy, "centre-head"))
    Case.objects.filter(pk=special.case.id).update(sealed=True, council=["council-1"])
    assert not sees(special)


@pytest.mark.requirement("I7")
def test_that_the_story_was_read_is_an_event_and_changes_nothing(special: Story) -> None:
    before = Case.objects.get(pk=special.case.id).version
    logged = reading.log(
        special.case,
        actor=member(special),
        policy=special.policy.digest,
        at=special.at,
        page="story",
    )
    assert (logged.subject, logged.actor.post) == (reading.SUBJECT, "council-1")
    assert read.of(reading.SUBJECT, special.case.id)[0].facts == {"page": "story"}
    assert Case.objects.get(pk=special.case.id).version == before
