"""One message of theirs makes one act, however often and by whichever way it arrives."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from peygir.cases import acts, policies, refusals
from peygir.cases.models import Case
from peygir.channels.office import say
from peygir.channels.office.message import Delegate, Message
from peygir.channels.office.models import DONE, PROPOSED, REFUSED, Handed, Person, Received
from peygir.channels.office.steps import ACKNOWLEDGE, DELEGATE, evidence, step_for
from peygir.ledger.entry import Actor
from peygir.people import organisation, staffing
from peygir.people.models import Staff
from peygir.policy.model import CityPolicy

OK: Final = 200
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422


class NotTaken(Exception):
    """A message that cannot be one of ours. `code` is a word of `say.WORDS`."""

    def __init__(self, code: str, status: int = UNPROCESSABLE, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message: the answer's status and body. `code`: why it was refused."""

    status: int
    body: dict[str, Any]
    code: str = ""
    is_new: bool = field(default=True)  # False: it had been done before


def take(message: Message, *, at: datetime, by_pull: bool = False) -> Outcome:
    """Do what the message says, at `at`. A message that was done is answered as it was then.

    A refused one is tried anew when it comes again: somebody may have put right what was wrong.
    """
    policy = policies.current()
    with transaction.atomic():
        kept = _claimed(message, at, by_pull=by_pull)
        if kept.result in (DONE, PROPOSED):
            return _known(kept, message)
        try:
            with transaction.atomic():
                handed, result = _do(message, policy, at)
        except refusals.Refused as refused:
            return _refuse(kept, say.of_refusal(refused, policy), refused.code, _status(refused))
        except staffing.StaffingError as refused:
            said = say.of(
                "delegation_refused", {f"delegate.{k}": v for k, v in refused.fields.items()}
            )
            return _refuse(kept, said, "delegation_refused", UNPROCESSABLE)
        except NotTaken as refused:
            said = say.of(refused.code, refused.fields)
            return _refuse(kept, said, refused.code, refused.status)
        kept.handed, kept.result, kept.code = handed, result, ""
        kept.save()
    return Outcome(status=OK, body=_done(kept))


def _claimed(message: Message, at: datetime, *, by_pull: bool) -> Received:
    """The row of this id, ours alone until the transaction ends: two at once become one."""
    fields: dict[str, Any] = {
        "kind": message.kind,
        "post": message.post,
        "personnel_number": message.personnel_number,
        "said_at": message.said_at,
        "digest": message.digest,
        "at": at,
        "by_pull": by_pull,
    }
    made = Received(id=message.id, result=REFUSED, code="", **fields)
    Received.objects.bulk_create([made], ignore_conflicts=True)
    kept = Received.objects.select_for_update().get(pk=message.id)
    if kept.result == REFUSED:
        for name, value in fields.items():
            setattr(kept, name, value)
    return kept


def _known(kept: Received, message: Message) -> Outcome:
    if kept.digest != message.digest:
        body = say.of("id_used", {"id": "used"})
        return Outcome(status=CONFLICT, body=body, code="id_used", is_new=False)
    return Outcome(status=OK, body=_done(kept), is_new=False)


def _done(kept: Received) -> dict[str, Any]:
    return {"message": kept.pk, "result": kept.result, "at": kept.at.isoformat(timespec="seconds")}


def _refuse(kept: Received, body: dict[str, Any], code: str, status: int) -> Outcome:
    kept.result, kept.code = REFUSED, code
    kept.save()
    return Outcome(status=status, body=body, code=code)


def _status(refused: refusals.Refused) -> int:
    return UNPROCESSABLE if isinstance(refused, refusals.WrongEvidence) else CONFLICT


def _do(message: Message, policy: CityPolicy, at: datetime) -> tuple[Handed | None, str]:
    handed = _referral(message)
    actor = _actor(message, at)
    if message.kind == DELEGATE:
        _delegate(message, policy, actor, at)
        return handed, DONE
    assert handed is not None, "message.read asks for it"
    case = Case.objects.select_for_update().get(pk=handed.case_id)
    handed.refresh_from_db()  # nothing about the case can change from here on
    if handed.closed_at is not None:
        raise NotTaken("referral_closed", CONFLICT)
    if message.kind == ACKNOWLEDGE:
        _acknowledge(message, handed, policy, actor, at)
        return handed, DONE
    own = policies.for_case(case.policy, policy.digest)
    step = step_for(message.kind, own, handed)
    if step is None:
        raise NotTaken("no_such_step", CONFLICT)
    codes, texts = evidence(message.kind, step, message.words())
    done = acts.act(
        policy=policy,
        case_id=case.pk,
        step=step.code,
        actor=actor,
        at=at,
        evidence=codes,
        texts=texts,
        referral=handed.number if own.stages[handed.stage].track else None,
    )
    return handed, PROPOSED if done.proposed else DONE


def _referral(message: Message) -> Handed | None:
    if message.referral is None:
        return None
    found = Handed.objects.filter(pk=message.referral).first()
    if found is None:
        raise NotTaken("unknown_referral", referral="unknown")
    return found


def _actor(message: Message, at: datetime) -> Actor:
    """The person with that number, acting from that post; both must be so at this instant."""
    person = _person(message.personnel_number)
    if person is None:
        raise NotTaken("unknown_person", personnel_number="unknown")
    actor = organisation.actor_of(person, at=at)
    if message.post not in actor.posts:
        raise NotTaken("not_their_post", post="not_theirs")
    return replace(actor, post=message.post)


def _person(number: str) -> Staff | None:
    staff_id = Person.objects.filter(pk=number).values_list("staff_id", flat=True).first()
    return Staff.objects.filter(pk=staff_id or 0, is_active=True).first()


def _delegate(message: Message, policy: CityPolicy, actor: Actor, at: datetime) -> None:
    given: Delegate | None = message.delegate
    assert given is not None, "message.read asks for it"
    substitute = _person(given.personnel_number)
    if substitute is None:
        raise NotTaken("unknown_person", delegate="unknown")
    if not staffing.may_delegate(actor, message.post, at=at):
        raise refusals.NotAllowed("delegate")
    staffing.delegate(
        policy=policy.digest,
        actor=actor,
        at=at,
        post=message.post,
        staff_id=substitute.pk,
        since=given.since,
        until=given.until,
    )


def _acknowledge(
    message: Message, handed: Handed, policy: CityPolicy, actor: Actor, at: datetime
) -> None:
    """Whoever may answer may say that it was seen: a note, which moves no clock."""
    holds = handed.post in actor.posts if handed.post else handed.unit in actor.units
    if not holds and handed.unit not in actor.heads:
        raise refusals.NotAllowed("acknowledge")
    text = message.text or say.SEEN
    acts.note(policy=policy, case_id=handed.case_id, actor=actor, at=at, text=text)
    Handed.objects.filter(pk=handed.pk, acknowledged_at=None).update(acknowledged_at=at)
