"""Doing what a citizen asked for by SMS, and what is said back at once ("" when nothing is)."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from peygir.boards import contacts as kept
from peygir.boards.answers import REASON, Answers, answerable, subject_of, takes
from peygir.cases import acts, policies
from peygir.cases.models import Case
from peygir.cases.refusals import Refused
from peygir.channels.sms.commands import Command
from peygir.ledger.entry import CITIZEN
from peygir.notices import words
from peygir.people import contacts, throttle
from peygir.people.models import Citizen, Reporter
from peygir.policy.model import CityPolicy

REPLIES: Final = throttle.Limit(what="sms-in", most=10, per=timedelta(hours=1))
CASES_MAX: Final = 50  # the newest of one citizen; who reports more answers on the portal
LISTED_MAX: Final = 3


def answer(phone: str, command: Command, policy: CityPolicy, at: datetime) -> str:
    """Act on `command` from `phone` (E.164); gives the reply. Replies are throttled, acts never."""
    citizen = contacts.by_phone(phone)
    language = citizen.language if citizen else str(policy.city.get("language", "fa"))
    with translation.override(language):
        said = _act(citizen, command, policy, at, language)
    if said:
        try:
            throttle.hit(REPLIES, phone, at=at)
        except throttle.TooOften:
            return ""
    return said


def _act(
    citizen: Citizen | None, command: Command, policy: CityPolicy, at: datetime, language: str
) -> str:
    if command.kind in ("stop", "start") and citizen is not None:
        wants = command.kind == "start"
        Citizen.objects.filter(pk=citizen.pk).update(wants_sms=wants)
        return (
            gettext("Noted. Send START to get our messages again.")
            if not wants
            else gettext("Noted. You will get our messages again.")
        )
    if command.kind == "status":
        _kept(policy, at, Case.objects.filter(code=command.code).first())
        return _status(command.code, policy, language)
    if command.kind in ("yes", "no") and citizen is not None:
        return _word(citizen, command, at, language)
    return gettext("Send your 12-digit tracking code to learn how your message stands.")


def _kept(policy: CityPolicy, at: datetime, case: Case | None) -> None:
    """A question or an answer by SMS is a contact about an earlier message."""
    about = case.pk if case is not None and not case.sealed else None
    contact = kept.Ended(channel="sms", outcome=kept.FOLLOW_UP, case_id=about)
    kept.ended(policy, contact, actor=CITIZEN, at=at)


def _status(code: str, policy: CityPolicy, language: str) -> str:
    case = Case.objects.filter(code=code).first()
    if case is None:
        return words.fill(policy, "sms.unknown_code", language, {})
    subject = subject_of(case)
    values = {"code": code, "status": subject.status}
    return words.fill(policies.by_digest(subject.policy), "sms.status", language, values)


def _word(citizen: Citizen, command: Command, at: datetime, language: str) -> str:
    """The citizen's yes or no, to the one case that asks for it or to the one that they name."""
    asking = _asking(citizen, command, at)
    if not asking:
        return gettext("None of your messages waits for your answer. Send its code for its status.")
    if len(asking) > 1:
        listed = "\n".join(case.code for case, _ in asking[:LISTED_MAX])
        return (
            gettext("Several messages wait for your answer. Send %(number)s and one code:")
            % {"number": "31" if command.kind == "yes" else "33"}
            + f"\n{listed}"
        )
    case, answers = asking[0]
    step = answers.yes if command.kind == "yes" else answers.no
    assert step is not None
    return _take(case, subject_of(case), step, command, at, language)


def _asking(citizen: Citizen, command: Command, at: datetime) -> list[tuple[Case, Answers]]:
    """Cases of this citizen that may be answered this way now, newest first; one of each event."""
    found = Reporter.objects.filter(citizen=citizen).order_by("-case_id")[:CASES_MAX]
    reports = {report.case_id: report for report in found}
    waits = Q(closed_at=None) | Q(lead_id__isnull=False)
    cases = Case.objects.filter(waits, pk__in=reports).order_by("-opened_at")
    if command.code:
        cases = cases.filter(code=command.code)
    asking: dict[int, tuple[Case, Answers]] = {}
    for case in cases:
        subject = subject_of(case)
        policy = policies.by_digest(subject.policy)
        answers = answerable(policy, subject, at=at, reporter=reports[case.pk])
        if answers.asked and (answers.yes if command.kind == "yes" else answers.no):
            asking.setdefault(subject.pk, (case, answers))
    return list(asking.values())


def _take(
    case: Case, subject: Case, step: str, command: Command, at: datetime, language: str
) -> str:
    policy = policies.by_digest(subject.policy)
    word = takes(policy, subject, step, "citizen_word")
    evidence = {"citizen_word": {"via": "sms"}} if word else {}
    texts = {}
    if takes(policy, subject, step, REASON):
        asked = policy.step(subject.stage if subject.closed_at is None else None, step)
        needed = not evidence or (asked is not None and REASON in asked.needs)
        reason = command.rest or (gettext("Not fixed (answered by SMS).") if needed else "")
        texts = {REASON: reason} if reason else {}
    try:
        done = acts.act(
            policy=policy,
            case_id=subject.pk,
            step=step,
            actor=CITIZEN,
            at=at,
            evidence=evidence,
            texts=texts,
        )
    except Refused:  # a colleague was faster: the status says how it stands now
        return _status(case.code, policy, language)
    _kept(policy, at, subject)
    if "tells" in done.event.facts:
        return ""  # the message of the step itself is on its way
    return words.fill(policy, "sms.word_thanks", language, {"code": case.code})
