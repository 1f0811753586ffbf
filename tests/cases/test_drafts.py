"""A new version, from the first change to the second person's yes."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from peygir.boards.replay import Scope
from peygir.boards.replay import policies as replayed
from peygir.cases import drafts, policies
from peygir.cases.drafts import By, DraftError
from peygir.cases.models import Draft, PolicyVersion
from peygir.ledger.entry import SYSTEM, Actor
from peygir.ledger.models import Event
from peygir.policy import edit
from peygir.policy.compare import compare
from peygir.policy.errors import PolicyError
from peygir.policy.model import CityPolicy
from tests.city import NOON, reported

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M5")]

CENTRE = Actor(kind="post", post="centre-head", staff_id=1, roles=frozenset({"centre_head"}))
MAYOR = Actor(kind="post", post="mayor", staff_id=2, roles=frozenset({"mayor"}))
LATER = NOON + timedelta(days=2)


def by(actor: Actor = CENTRE, version: int | None = None) -> By:
    return By(actor=actor, at=NOON, version=version)


def twelve_hours(files: Mapping[str, str]) -> dict[str, str]:
    return edit.put_classes(files, {"services": {"due": "12h", "fa": "خدماتی", "en": "Services"}})


@pytest.fixture
def draft(qom: CityPolicy) -> Draft:
    made = drafts.begin(by())
    return drafts.change(made.pk, by(version=made.version), twelve_hours(made.files))


def code_of(caught: pytest.ExceptionInfo[DraftError]) -> str:
    return caught.value.code


def test_two_people_bring_a_version_into_force(qom: CityPolicy, draft: Draft) -> None:
    drafts.propose(draft.pk, by())
    new = drafts.approve(draft.pk, by(MAYOR))
    assert policies.current().digest == new.digest
    case = reported(new, category="W01").case
    assert case.clock(1).due_at == NOON + timedelta(hours=12)
    adopted = Event.objects.get(kind="policy.adopted", policy=new.digest)
    assert adopted.facts["files"] == dict(new.files)
    assert adopted.facts["drafted_by"] == {"post": "centre-head", "staff": 1}
    assert (adopted.actor_post, adopted.staff_id) == ("mayor", 2)
    assert list(replayed(Scope())) == []
    done = Draft.objects.get()
    assert done.state == "adopted"
    assert [step["what"] for step in done.steps] == ["opened", "changed", "proposed", "approved"]
    told = Event.objects.filter(subject="draft").order_by("id")
    assert [event.kind for event in told] == [f"draft.{step['what']}" for step in done.steps]
    assert told[1].facts["keys"] == ["policy.toml: classes.services.due"]


def test_whoever_wrote_it_cannot_approve_it(qom: CityPolicy, draft: Draft) -> None:
    drafts.propose(draft.pk, by(MAYOR))
    for actor in (CENTRE, MAYOR):
        with pytest.raises(DraftError) as caught:
            drafts.approve(draft.pk, by(actor))
        assert code_of(caught) == "same_person"
    assert PolicyVersion.objects.count() == 1


def test_a_draft_of_yesterdays_policy_is_refused(qom: CityPolicy, draft: Draft) -> None:
    drafts.propose(draft.pk, by())
    policies.adopt_files("qom", edit.again(qom.files, "x"), actor=SYSTEM, at=NOON)
    assert drafts.is_stale(draft)
    with pytest.raises(DraftError) as caught:
        drafts.approve(draft.pk, by(MAYOR))
    assert code_of(caught) == "stale"
    drafts.take_back(draft.pk, by())
    with pytest.raises(DraftError) as caught:
        drafts.propose(draft.pk, by())
    assert code_of(caught) == "stale"


def test_a_form_that_others_overtook_is_refused(qom: CityPolicy, draft: Draft) -> None:
    with pytest.raises(DraftError) as caught:
        drafts.change(draft.pk, by(version=1), qom.files)
    assert code_of(caught) == "changed"


def test_what_changes_nothing_or_is_unsound_goes_to_nobody(qom: CityPolicy) -> None:
    empty = drafts.begin(by())
    assert not drafts.changes_something(empty)
    with pytest.raises(DraftError) as caught:
        drafts.propose(empty.pk, by())
    assert code_of(caught) == "nothing"
    broken = drafts.change(empty.pk, by(), {**empty.files, "city.toml": "x ="})
    assert drafts.findings(broken)[0].file == "city.toml"
    for act in (drafts.propose, drafts.ask):
        with pytest.raises(DraftError) as caught:
            act(empty.pk, by())
        assert code_of(caught) == "unsound"
    silent = qom.files["policy.toml"].replace('{ after = "72h", told = "mayor" }', "")
    unsound = drafts.change(empty.pk, by(), {**qom.files, "policy.toml": silent})
    assert [each.key for each in drafts.findings(unsound)] == ["ladder.rungs"]


def test_each_step_has_its_time(qom: CityPolicy, draft: Draft) -> None:
    with pytest.raises(DraftError) as caught:
        drafts.approve(draft.pk, by(MAYOR))
    assert code_of(caught) == "state"
    drafts.propose(draft.pk, by())
    with pytest.raises(DraftError) as caught:
        drafts.change(draft.pk, by(), qom.files)
    assert code_of(caught) == "state"
    assert drafts.refuse(draft.pk, by(MAYOR)).state == "refused"
    with pytest.raises(DraftError) as caught:
        drafts.propose(5, by())
    assert code_of(caught) == "gone"


def test_a_draft_may_be_given_up(qom: CityPolicy, draft: Draft) -> None:
    assert drafts.withdraw(draft.pk, by()).state == "withdrawn"
    assert next(iter(drafts.told_by(draft)))["what"] == "changed"


def test_it_begins_on_the_day_that_was_planned(qom: CityPolicy, draft: Draft) -> None:
    drafts.plan(draft.pk, by(), valid_from=LATER, units={})
    drafts.propose(draft.pk, by())
    new = drafts.approve(draft.pk, by(MAYOR))
    assert policies.current().digest == qom.digest
    assert PolicyVersion.objects.get(pk=new.digest).valid_from == LATER
    policies.settle(at=LATER)
    assert policies.current().digest == new.digest


def test_a_day_that_is_over_means_at_once(qom: CityPolicy, draft: Draft) -> None:
    drafts.plan(draft.pk, by(), valid_from=NOON - timedelta(days=1), units={})
    drafts.propose(draft.pk, by())
    new = drafts.approve(draft.pk, by(MAYOR))
    assert policies.current().digest == new.digest


@pytest.mark.requirement("M11")
def test_it_begins_unit_by_unit(qom: CityPolicy, draft: Draft) -> None:
    units = {"d3": NOON - timedelta(days=1), "d5": LATER}
    drafts.plan(draft.pk, by(), valid_from=None, units=units)
    drafts.propose(draft.pk, by())
    new = drafts.approve(draft.pk, by(MAYOR))
    version = PolicyVersion.objects.get(pk=new.digest)
    assert version.staged
    assert dict(version.rollout.values_list("unit", "since")) == {"d3": NOON, "d5": LATER}
    assert policies.current().digest == qom.digest


def test_a_revert_is_a_new_version_equal_to_an_old_one(qom: CityPolicy, draft: Draft) -> None:
    drafts.propose(draft.pk, by())
    drafts.approve(draft.pk, by(MAYOR))
    first = PolicyVersion.objects.get(number=1)
    back = drafts.begin(by(), again=first)
    assert [each.key for each in compare(back.base.files, back.files)] == ["classes.services.due"]
    drafts.propose(back.pk, by())
    new = drafts.approve(back.pk, by(MAYOR))
    assert PolicyVersion.objects.get(pk=new.digest).number == 3
    assert new.classes["services"].due.text == "24h"
    assert compare(first.files, new.files) == ()


def test_what_cannot_be_adopted_leaves_the_proposal_as_it_was(
    qom: CityPolicy, draft: Draft
) -> None:
    drafts.plan(draft.pk, by(), valid_from=None, units={"d99": NOON})
    drafts.propose(draft.pk, by())
    with pytest.raises(PolicyError, match="no unit"):
        drafts.approve(draft.pk, by(MAYOR))
    assert Draft.objects.get().state == "proposed"


def test_without_any_policy_there_is_nothing_to_draft(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PolicyVersion, "objects", PolicyVersion.objects.none())
    with pytest.raises(policies.NoPolicy):
        drafts.newest()


def test_a_draft_names_itself(qom: CityPolicy, draft: Draft) -> None:
    assert str(draft) == f"draft {draft.pk} draft"
