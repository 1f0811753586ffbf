"""Preparing a new version: drafted, changed, planned, proposed, and approved by a second person.

A draft is a working paper: who did what when stands in its `steps` and, as codes and digests only,
in the ledger. What counts is the adoption, whose event holds the whole files. Whoever wrote any
part of a draft cannot approve it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from peygir.cases import policies
from peygir.cases.fold import instant
from peygir.cases.models import Draft, PolicyVersion
from peygir.cases.models.policy import ADOPTED, DRAFT, PROPOSED, REFUSED, WITHDRAWN
from peygir.cases.policies import Start
from peygir.ledger.entry import Actor, Entry
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.policy import edit
from peygir.policy.check import check
from peygir.policy.compare import compare
from peygir.policy.errors import PolicyError
from peygir.policy.findings import Finding
from peygir.policy.load import digest_of, load_files
from peygir.policy.model import CityPolicy

WROTE = frozenset({"opened", "changed", "planned", "proposed"})


class DraftError(Exception):
    """A step that was refused.

    `code`: gone, stale, changed, state, same_person, nothing, unsound.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does it, when, and (where a form was open) which version of the draft they saw."""

    actor: Actor
    at: datetime
    version: int | None = None


def newest() -> PolicyVersion:
    """The version adopted last, in force or on its way: what a new draft begins with."""
    found = PolicyVersion.objects.order_by("-number").first()
    if found is None:
        raise policies.NoPolicy
    return found


@transaction.atomic
def begin(by: By, *, again: PolicyVersion | None = None) -> Draft:
    """A new draft: the newest version's files, or `again` those of an earlier one (a revert)."""
    base = newest()
    files = dict(base.files)
    if again is not None:
        mark = f"version {base.number + 1}: version {again.number} again"
        files = edit.again(again.files, mark)
    draft = Draft(id=new_id(), base=base, files=files, opened_at=by.at, changed_at=by.at)
    _step(draft, by, "opened", {"again": again.digest} if again else {})
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def change(draft_id: int, by: By, files: Mapping[str, str]) -> Draft:
    """Other files. What a replay found before is about other words, and forgotten."""
    draft = _locked(draft_id, by, DRAFT)
    keys = [f"{each.file}: {each.key}" for each in compare(draft.files, files)]
    draft.files = dict(files)
    draft.rehearsal, draft.asked_at, draft.progress = None, None, {}
    return _saved(draft, by, "changed", {"keys": keys[:100]})


@transaction.atomic
def plan(
    draft_id: int, by: By, *, valid_from: datetime | None, units: Mapping[str, datetime]
) -> Draft:
    """When it is to take force (None: once approved), or at which units from when (M11)."""
    draft = _locked(draft_id, by, DRAFT)
    draft.valid_from = valid_from
    draft.rollout = [{"unit": u, "since": int(at.timestamp())} for u, at in units.items()]
    when = {"valid_from": None if valid_from is None else int(valid_from.timestamp())}
    return _saved(draft, by, "planned", {**when, "rollout": draft.rollout})


@transaction.atomic
def propose(draft_id: int, by: By) -> Draft:
    """Send it to a second person. Refused when it is stale, unsound or changes nothing."""
    draft = _locked(draft_id, by, DRAFT)
    _fresh(draft)
    if not changes_something(draft):
        raise DraftError("nothing")
    if findings(draft):
        raise DraftError("unsound")
    return _state(draft, by, PROPOSED, "proposed")


@transaction.atomic
def take_back(draft_id: int, by: By) -> Draft:
    """A proposal becomes a draft again, by anybody who may draft."""
    return _state(_locked(draft_id, by, PROPOSED), by, DRAFT, "taken_back")


@transaction.atomic
def withdraw(draft_id: int, by: By) -> Draft:
    """The draft is given up; it stays readable."""
    return _state(_locked(draft_id, by, DRAFT, PROPOSED), by, WITHDRAWN, "withdrawn")


@transaction.atomic
def refuse(draft_id: int, by: By) -> Draft:
    """The second person says no."""
    return _state(_locked(draft_id, by, PROPOSED), by, REFUSED, "refused")


@transaction.atomic
def approve(draft_id: int, by: By) -> CityPolicy:
    """The second person says yes: the version is adopted with its date, as one event.

    Raises DraftError, or PolicyError when it cannot be adopted; nothing changes then.
    """
    draft = _locked(draft_id, by, PROPOSED)
    if by.actor.staff_id in writers(draft):
        raise DraftError("same_person")
    _fresh(draft)
    facts = {"draft": draft.pk, "drafted_by": _drafter(draft)}
    policy = policies.adopt_files(
        draft.base.city,
        draft.files,
        actor=by.actor,
        at=by.at,
        start=start_of(draft, by.at),
        facts=facts,
    )
    _state(draft, by, ADOPTED, "approved")
    return policy


@transaction.atomic
def ask(draft_id: int, by: By) -> Draft:
    """Have the last days replayed with this draft; a worker does it."""
    draft = _locked(draft_id, by, DRAFT, PROPOSED)
    try:
        load_files(draft.base.city, draft.files)
    except PolicyError as refusal:
        raise DraftError("unsound") from refusal
    draft.asked_at, draft.progress, draft.rehearsal = by.at, {}, None
    draft.rehearsed = digest_of(draft.files)
    draft.save(update_fields=["asked_at", "progress", "rehearsal", "rehearsed"])
    return draft


def findings(draft: Draft) -> tuple[Finding, ...]:
    """What the loader (at most one) or the checker finds wrong with it."""
    try:
        policy = load_files(draft.base.city, draft.files)
    except PolicyError as refusal:
        return (Finding(refusal.file, refusal.key, refusal.reason),)
    return check(policy).findings


def changes_something(draft: Draft) -> bool:
    """Whether its words, comments included, differ from the version it began with."""
    return digest_of(draft.files) != draft.base.digest


def is_stale(draft: Draft) -> bool:
    """Whether another version was adopted since the draft was begun."""
    return newest().pk != draft.base_id


def writers(draft: Draft) -> frozenset[int | None]:
    """Everybody who wrote a part of it."""
    return frozenset(step["staff"] for step in draft.steps if step["what"] in WROTE)


def start_of(draft: Draft, at: datetime) -> Start | None:
    """When it begins if it is approved at `at`; None: at once, everywhere."""
    units = {each["unit"]: max(at, instant(each["since"])) for each in draft.rollout}
    if units:
        return Start(at=at, units=units)
    if draft.valid_from is not None and draft.valid_from > at:
        return Start(at=draft.valid_from, units={})
    return None


def _locked(draft_id: int, by: By, *states: str) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise DraftError("gone")
    if by.version is not None and by.version != draft.version:
        raise DraftError("changed")
    if draft.state not in states:
        raise DraftError("state")
    return draft


def _fresh(draft: Draft) -> None:
    if is_stale(draft):
        raise DraftError("stale")


def _drafter(draft: Draft) -> dict[str, Any]:
    last = [step for step in draft.steps if step["what"] in WROTE][-1]
    return {"post": last["post"], "staff": last["staff"]}


def _state(draft: Draft, by: By, state: str, what: str) -> Draft:
    draft.state = state
    return _saved(draft, by, what, {})


def _saved(draft: Draft, by: By, what: str, facts: Mapping[str, Any]) -> Draft:
    draft.version += 1
    draft.changed_at = by.at
    _step(draft, by, what, facts)
    draft.save()
    return draft


def _step(draft: Draft, by: By, what: str, facts: Mapping[str, Any]) -> None:
    actor = by.actor
    draft.steps = [
        *draft.steps,
        {
            "at": int(by.at.timestamp()),
            "what": what,
            "post": actor.post,
            "staff": actor.staff_id,
        },
    ]
    entry = Entry(
        subject="draft",
        subject_id=draft.pk,
        kind=f"draft.{what}",
        happened_at=by.at,
        policy=draft.base_id,
        actor=actor,
        facts={"digest": digest_of(draft.files), **facts},
    )
    project(append([entry]))


def waiting() -> Sequence[int]:
    """Drafts for which a replay was asked and is not done, the oldest wish first."""
    asked = Draft.objects.filter(asked_at__isnull=False).order_by("asked_at")
    return list(asked.values_list("pk", flat=True))


def told_by(draft: Draft) -> Iterator[Mapping[str, Any]]:
    """Who did what when, newest first."""
    yield from reversed(draft.steps)
