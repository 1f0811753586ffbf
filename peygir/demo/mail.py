"""Official letters of simulated people: written, signed, numbered, and answered with a scan."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from peygir.cases.state import CaseState, ReferralState
from peygir.demo import bodies
from peygir.demo.town import Town
from peygir.ledger.entry import Actor
from peygir.look.pdf import Page
from peygir.people import letters, photos
from peygir.people.models import Letter
from peygir.people.models.letters import SENT
from peygir.policy.model import Step

REPLY_DAYS: Final = (3, 9)  # that the addressee is given; some are late all the same
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same words, the same file
SCAN: Final = "شبیه‌سازی"  # across every scan, so that none is taken for a real paper


def can_write(town: Town, state: CaseState) -> bool:
    """Whether this city's demo has words for a letter about it and somebody to write to."""
    if not (state.district and bodies.any_fits(town, state)):
        return False
    return bool(town.texts.texts.get("letter"))


def can_answer(town: Town, state: CaseState) -> bool:
    """Whether a letter of this case waits for its answer."""
    return bool(town.texts.texts.get("letter_reply") and _awaited(state))


def write(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int | None:
    """Draft, have signed by the head of the unit, and number a letter; gives its id."""
    policy, rng, place = town.policy, town.rng, _place(town, state, step)
    if place is None:
        return None
    body = bodies.choose(town, state, by="letter")
    named = {
        "about": policy.categories[state.category].words.fa,
        "district": policy.organisation.districts[state.district or 0].fa,
    }
    head = town.cast.head(place.unit)
    day = town.local(at + timedelta(days=rng.uniform(*REPLY_DAYS)))
    words = letters.Words(
        to_kind="body",
        to_code=body,
        addressee=policy.organisation.outside_bodies[body].fa,
        subject="{about}، {district}".format(**named)[:200],
        body=town.texts.pick(rng, "letter").format(**named),
        attachments=[photo.pk for photo in photos.of(state.id, "report", "visit")[:2]],
        signatory=head.post,
        reply_by=day.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(at.tzinfo),
    )
    made = letters.draft(
        state.id, words, referral=place.number, actor=actor, at=at - timedelta(hours=2)
    )
    letters.sign(made.pk, actor=head, at=at - timedelta(minutes=rng.uniform(5, 90)))
    return letters.send(made.pk, day=town.local(at).date(), at=at).pk


def answer(town: Town, state: CaseState, step: Step, actor: Actor, at: datetime) -> int | None:
    """Keep an answer, with its scan, to the letter that has waited longest; gives its id."""
    waits = _awaited(state)
    if waits is None:
        return None
    text = town.texts.pick(town.rng, "letter_reply")
    reply = letters.Reply(
        theirs=f"{town.rng.randint(100, 999)}/{town.rng.randint(1000, 9999)}",
        dated=town.local(at).date(),
        body=text,
        scan=("pdf", _scan(text)),
    )
    return letters.receive(waits, reply, actor=actor, at=at).pk


def _place(town: Town, state: CaseState, step: Step) -> ReferralState | None:
    """The open referral that the step belongs to."""
    stages = town.policy.stages
    found = (r for r in state.referrals if r.is_open and step.code in stages[r.stage].steps)
    return next(found, None)


def _awaited(state: CaseState) -> int | None:
    waits = Letter.objects.filter(case_id=state.id, state=SENT).order_by("pk")
    return waits.values_list("pk", flat=True).first()


@cache
def _scan(text: str) -> bytes:
    """A sheet that says what was answered."""
    page = Page(title=SCAN, is_rtl=True, side=25, foot=25, made_at=ALWAYS)
    page.add_page()
    page.words(SCAN, size=20, height=20, bold=True)
    page.words(text, size=12, height=8)
    return bytes(page.output())
