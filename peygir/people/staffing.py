"""Changing who works here: the one way to add people, fill posts and name substitutes.

Each function writes its rows and one event in a transaction. Events hold ids and codes of posts,
never a name. Nothing is deleted: a tenure ends, a person leaves, and both stay readable.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from peygir.calendars.persian import clean
from peygir.calendars.phones import PhoneError, parse_phone
from peygir.ledger.entry import Actor, Entry
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.people.models import Delegation, Post, Staff, Tenure

NAME_MAX: Final = 120
DELEGATION_MAX: Final = timedelta(days=366)  # a longer absence needs a new holder
#: Letters and digits that cannot be mistaken for one another when read out.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_GROUPS: Final = 4  # of four letters each: 79 bits
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


class StaffingError(ValueError):
    """A change that was refused. `fields`: name of the field -> reason code."""

    def __init__(self, **fields: str) -> None:
        super().__init__(fields)
        self.fields = fields


@transaction.atomic
def add(*, policy: str, actor: Actor, at: datetime, given: Mapping[str, str]) -> tuple[Staff, str]:
    """A new person, and the password that they must change at their first sign-in (shown once).

    `policy`: digest in force. `given`: username, fa, en, phone, email, extension, language.
    Raises StaffingError.
    """
    fields = _checked(given)
    if Staff.objects.filter(username=fields["username"]).exists():
        raise StaffingError(username="taken")
    password = new_password()
    person = Staff(**fields, needs_new_password=True)
    person.set_password(password)
    person.save()
    _record(policy, actor, at, person, "staff.added", {})
    return person, password


@transaction.atomic
def change(
    *, policy: str, actor: Actor, at: datetime, staff_id: int, given: Mapping[str, str]
) -> Staff:
    """Correct how a person is called and reached; the user name stays. Raises StaffingError."""
    person = _locked(staff_id)
    fields = _checked({**given, "username": person.username})
    changed = sorted(name for name, value in fields.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, fields[name])
    if changed:
        person.save(update_fields=changed)
        _record(policy, actor, at, person, "staff.changed", {"fields": changed})
    return person


@transaction.atomic
def renew_password(*, policy: str, actor: Actor, at: datetime, staff_id: int) -> tuple[Staff, str]:
    """A new first password for somebody who lost theirs; every session of theirs ends."""
    person = _locked(staff_id)
    password = new_password()
    person.set_password(password)
    person.needs_new_password = True
    person.save(update_fields=["password", "needs_new_password"])
    _record(policy, actor, at, person, "staff.password_renewed", {})
    return person, password


@transaction.atomic
def deactivate(*, policy: str, actor: Actor, at: datetime, staff_id: int) -> Staff:
    """Somebody leaves: no more sign-in, every tenure and delegation ends. Raises StaffingError."""
    if staff_id == actor.staff_id:
        raise StaffingError(staff="yourself")
    person = _locked(staff_id)
    if not person.is_active:
        raise StaffingError(staff="inactive")
    person.is_active = False
    person.save(update_fields=["is_active"])
    for tenure in Tenure.objects.filter(staff=person, until=None):
        _end(policy, actor, at, tenure)
    for delegation in Delegation.objects.filter(staff=person, until__gt=at):
        _end_delegation(policy, actor, at, delegation)
    _record(policy, actor, at, person, "staff.deactivated", {})
    return person


@transaction.atomic
def reactivate(*, policy: str, actor: Actor, at: datetime, staff_id: int) -> Staff:
    """Somebody is back; their posts must be given anew. Raises StaffingError."""
    person = _locked(staff_id)
    if person.is_active:
        raise StaffingError(staff="active")
    person.is_active = True
    person.save(update_fields=["is_active"])
    _record(policy, actor, at, person, "staff.reactivated", {})
    return person


@transaction.atomic
def start_tenure(
    *, policy: str, actor: Actor, at: datetime, staff_id: int, post: str, since: datetime
) -> Tenure:
    """Put somebody into a post from `since` on. Raises StaffingError."""
    person = _locked(staff_id)
    if not person.is_active:
        raise StaffingError(staff="inactive")
    place = _post(post)
    try:
        with transaction.atomic():
            tenure = Tenure.objects.create(post=place, staff=person, since=since)
    except IntegrityError:
        raise StaffingError(post="already") from None
    facts = {"post": place.code, "tenure": tenure.pk, "since": _seconds(since)}
    _record(policy, actor, at, person, "staff.tenure_started", facts, place.unit_id)
    return tenure


@transaction.atomic
def end_tenure(
    *, policy: str, actor: Actor, at: datetime, tenure_id: int, until: datetime
) -> Tenure:
    """Somebody leaves a post at `until`. Raises StaffingError."""
    tenure = Tenure.objects.select_for_update(of=["self"]).filter(pk=tenure_id).first()
    if tenure is None or tenure.until is not None:
        raise StaffingError(tenure="ended")
    if until < tenure.since:
        raise StaffingError(until="before_start")
    return _end(policy, actor, at, tenure, until)


@transaction.atomic
def delegate(
    *,
    policy: str,
    actor: Actor,
    at: datetime,
    post: str,
    staff_id: int,
    since: datetime,
    until: datetime,
) -> Delegation:
    """Name a substitute for a post between two instants. Raises StaffingError."""
    place, person = _post(post), _locked(staff_id)
    if not person.is_active:
        raise StaffingError(staff="inactive")
    if until <= since or until <= at:
        raise StaffingError(until="before_start")
    if until - since > DELEGATION_MAX:
        raise StaffingError(until="too_long")
    assert actor.staff_id is not None, "a delegation is given by a person"
    given = Delegation.objects.create(
        post=place, staff=person, since=since, until=until, given_by_id=actor.staff_id
    )
    facts = {
        "post": place.code,
        "delegation": given.pk,
        "since": _seconds(since),
        "until": _seconds(until),
    }
    _record(policy, actor, at, person, "staff.delegation_started", facts, place.unit_id)
    return given


@transaction.atomic
def end_delegation(*, policy: str, actor: Actor, at: datetime, delegation_id: int) -> Delegation:
    """A substitute stops now. Raises StaffingError."""
    found = Delegation.objects.select_for_update(of=["self"]).filter(pk=delegation_id).first()
    if found is None or found.until <= at:
        raise StaffingError(delegation="ended")
    return _end_delegation(policy, actor, at, found)


def may_delegate(actor: Actor, post: str, *, at: datetime) -> bool:
    """An administrator, or whoever fills the post themselves (a substitute names no substitute)."""
    if "admin" in actor.roles:
        return True
    held = Tenure.objects.filter(post=post, staff_id=actor.staff_id or 0, since__lte=at)
    return held.filter(until=None).exists() or held.filter(until__gt=at).exists()


def new_password() -> str:
    """Sixteen letters in groups of four, easy to read out, hard to guess."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_PASSWORD_GROUPS))
    return "-".join(groups)


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    names = ("username", "fa", "en", "phone", "email", "extension", "language")
    fields = {name: clean(given.get(name, "")).strip() for name in names}
    faults: dict[str, str] = {}
    fields["username"] = fields["username"].lower()
    if not _USERNAME.fullmatch(fields["username"]):
        faults["username"] = "format"
    if not fields["fa"]:
        faults["fa"] = "missing"
    for name in ("fa", "en"):
        if len(fields[name]) > NAME_MAX:
            faults[name] = "too_long"
    if fields["phone"]:
        try:
            fields["phone"] = parse_phone(fields["phone"])
        except PhoneError:
            faults["phone"] = "format"
    if fields["email"] and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,189}", fields["email"]):
        faults["email"] = "format"
    if not re.fullmatch(r"[0-9]{0,20}", fields["extension"]):
        faults["extension"] = "format"
    if fields["language"] not in ("fa", "en"):
        fields["language"] = "fa"
    if faults:
        raise StaffingError(**faults)
    return fields


def _locked(staff_id: int) -> Staff:
    person = Staff.objects.select_for_update().filter(pk=staff_id).first()
    if person is None:
        raise StaffingError(staff="unknown")
    return person


def _post(code: str) -> Post:
    place = Post.objects.filter(code=code, is_open=True).first()
    if place is None:
        raise StaffingError(post="unknown")
    return place


def _end(
    policy: str, actor: Actor, at: datetime, tenure: Tenure, until: datetime | None = None
) -> Tenure:
    tenure.until = max(until or at, tenure.since)
    tenure.save(update_fields=["until"])
    facts = {"post": tenure.post_id, "tenure": tenure.pk, "until": _seconds(tenure.until)}
    _record(policy, actor, at, tenure.staff, "staff.tenure_ended", facts, tenure.post.unit_id)
    return tenure


def _end_delegation(policy: str, actor: Actor, at: datetime, given: Delegation) -> Delegation:
    given.until = max(at, given.since)
    given.save(update_fields=["until"])
    facts = {"post": given.post_id, "delegation": given.pk, "until": _seconds(given.until)}
    _record(policy, actor, at, given.staff, "staff.delegation_ended", facts, given.post.unit_id)
    return given


def _record(
    policy: str,
    actor: Actor,
    at: datetime,
    person: Staff,
    kind: str,
    facts: Mapping[str, Any],
    unit: str = "",
) -> None:
    entry = Entry(
        subject="staff",
        subject_id=person.pk,
        kind=kind,
        unit=unit,
        actor=actor,
        happened_at=at,
        policy=policy,
        facts=facts,
    )
    project(append([entry]))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
