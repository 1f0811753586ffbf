"""Adopting a city's policy, and finding the one in force. Versions are immutable.

A version takes force everywhere at its date, or unit by unit (M11). Which one a case lives under is
decided once, when it is registered (`for_new`); from then on it keeps that flow (`for_case`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from peygir.cases.fold import instant
from peygir.cases.models import Ending, InForce, PolicyVersion, Rollout, Told
from peygir.ledger.entry import SYSTEM, Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.people import organisation
from peygir.policy.check import require
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy

LOOKS_EVERY_S = 2.0  # how long a process may not know of a newly adopted version
EVERYWHERE: Final = ""  # as the unit of a stage of a rollout
KINDS: Final = ("policy.adopted", "policy.extended", "policy.took_force")  # of a version's events


class NoPolicy(LookupError):
    """No city has been adopted in this database yet: run `manage.py load_city`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """When and where a version begins. `units`: unit -> instant; empty: everywhere at `at`."""

    at: datetime
    units: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A version that has taken force at some units only."""

    digest: str
    since: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """The version in force everywhere, and newer ones on their way, newest first."""

    digest: str
    staged: tuple[Staged, ...]


@transaction.atomic
def adopt(folder: Path, *, actor: Actor, at: datetime) -> tuple[CityPolicy, bool]:
    """Take the policy in `folder` into force at `at`; gives it and whether it was new.

    Raises peygir.policy.errors.PolicyError when the checker refuses it: nothing changes then.
    """
    policy = load_city(folder)
    if PolicyVersion.objects.filter(digest=policy.digest).exists():
        _take_over(_newest_in_force())  # rows as this release of the code makes them
        return policy, False
    return adopt_files(policy.name, policy.files, actor=actor, at=at), True


@transaction.atomic
def adopt_files(
    name: str,
    files: Mapping[str, str],
    *,
    actor: Actor,
    at: datetime,
    start: Start | None = None,
    facts: Mapping[str, Any] | None = None,
) -> CityPolicy:
    """Adopt the policy that these texts say, from `start` on (None: at once).

    `facts`: what else the event says (who drafted it, from which draft). Raises PolicyError when it
    is unsound, adopted already, or takes force unit by unit and changes units that there are.
    """
    policy = load_files(name, files)
    require(policy)
    if PolicyVersion.objects.filter(digest=policy.digest).exists():
        raise PolicyError("policy.toml", "", "was adopted before, word for word")
    number = PolicyVersion.objects.count() + 1
    given: dict[str, Any] = {"city": name, "number": number, "files": dict(files), **(facts or {})}
    if start is not None:
        given |= _start_facts(policy, start)
    entry = Entry(
        subject="policy",
        subject_id=new_id(),
        kind="policy.adopted",
        happened_at=at,
        policy=policy.digest,
        actor=actor,
        facts=given,
    )
    _record(entry)
    return policy


@transaction.atomic
def extend(digest: str, units: Mapping[str, datetime], *, actor: Actor, at: datetime) -> None:
    """Let a staged version go on to further units, or everywhere (unit ""), from an instant each.

    Raises PolicyError for a unit that it does not know or that has its date already.
    """
    version = PolicyVersion.objects.get(pk=digest)
    policy = by_digest(digest)
    dated = set(Rollout.objects.filter(version=version).values_list("unit", flat=True))
    for unit in units:
        if not version.staged or unit in dated or EVERYWHERE in dated:
            raise PolicyError("policy.toml", unit, "has its date already")
        _check_unit(policy, unit)
    facts = {"number": version.number, "rollout": _stages(units)}
    entry = Entry(
        subject="policy",
        subject_id=new_id(),
        kind="policy.extended",
        happened_at=at,
        policy=digest,
        actor=actor,
        facts=facts,
    )
    _record(entry)


def settle(*, at: datetime) -> int:
    """Take into force everywhere what is due at `at`; gives how many versions. Workers call it."""
    waiting = PolicyVersion.objects.filter(force=None).order_by("number")
    due = waiting.filter(staged=False, valid_from__lte=at) | waiting.filter(
        rollout__unit=EVERYWHERE, rollout__since__lte=at
    )
    return sum(_settle(version.digest, at) for version in due.distinct())


def write(event: Recorded) -> None:
    """The rows that follow from an event about a policy: version, endings, stages, organisation."""
    if event.kind == "policy.adopted":
        _write_version(event)
    units = event.facts.get("rollout", ())
    Rollout.objects.bulk_create(
        Rollout(version_id=event.policy, unit=each["unit"], since=instant(each["since"]))
        for each in units
    )
    if takes_force(event):
        InForce.objects.create(version_id=event.policy, since=event.happened_at)
        if _newest_in_force() == event.policy:
            _take_over(event.policy)


def takes_force(event: Recorded | Entry) -> bool:
    """Whether the version is in force everywhere from this event on."""
    if event.kind == "policy.took_force":
        return True
    return event.kind == "policy.adopted" and not {"valid_from", "rollout"} & event.facts.keys()


def current() -> CityPolicy:
    """The policy in force. Raises NoPolicy. Remembered for LOOKS_EVERY_S seconds per process.

    While a newer version takes force unit by unit, this is still the one for all other units.
    """
    return by_digest(_now().digest)


def for_new(
    category: str, district: int | None, *, at: datetime, otherwise: CityPolicy | None = None
) -> CityPolicy:
    """The policy of a case that begins at `at` with this subject, in this district.

    The newest version that has taken force at the unit that answers for it, or above that unit;
    `otherwise` (None: the one in force) where none has. Asks the database nothing that `current`
    has not asked.
    """
    for staged in _now().staged:
        policy = by_digest(staged.digest)
        found = policy.categories.get(category)
        unit = policy.organisation.route(found.function, district) if found else None
        if unit is not None and _reached(policy, unit, staged, at):
            return policy
    return otherwise or current()


@lru_cache(maxsize=16)
def by_digest(digest: str) -> CityPolicy:
    """An adopted version; every case and clock keeps the one that it was given."""
    version = PolicyVersion.objects.filter(digest=digest).first()
    if version is None:
        raise NoPolicy(digest)
    return load_files(version.city, version.files)


@lru_cache(maxsize=64)
def number_of(digest: str) -> int:
    """The number of an adopted version: a higher one was adopted later."""
    return PolicyVersion.objects.values_list("number", flat=True).get(pk=digest)


@lru_cache(maxsize=16)
def for_case(digest: str, in_force: str) -> CityPolicy:
    """The policy that a case lives under: the flow of its own version, today's units and texts.

    A new version never changes the way of a case that is already on it; posts and people do change.
    A version that is still on its way to all units knows every unit and post of the one in force.
    """
    own, now = by_digest(digest), by_digest(in_force)
    if number_of(digest) > number_of(in_force):
        return own
    return replace(own, organisation=now.organisation, texts=now.texts)


def _record(entry: Entry) -> None:
    recorded = append([entry])
    write(recorded[0])
    project(recorded)
    _latest.cache_clear()


@transaction.atomic
def _settle(digest: str, at: datetime) -> bool:
    """Several workers may find the same version due; the first one takes it."""
    version = PolicyVersion.objects.select_for_update().get(pk=digest)
    if InForce.objects.filter(version=version).exists():
        return False
    entry = Entry(
        subject="policy",
        subject_id=new_id(),
        kind="policy.took_force",
        happened_at=at,
        policy=digest,
        actor=SYSTEM,
        facts={"number": version.number},
    )
    _record(entry)
    return True


def _start_facts(policy: CityPolicy, start: Start) -> dict[str, Any]:
    facts: dict[str, Any] = {"valid_from": int(start.at.timestamp())}
    if not start.units:
        return facts
    for unit in start.units:
        _check_unit(policy, unit)
    now = by_digest(_newest_in_force())
    if PolicyVersion.objects.filter(force=None, number__gt=number_of(now.digest)).exists():
        raise PolicyError("policy.toml", "", "another version is still on its way to force")
    _check_stays(now, policy)
    first = min(start.units.values())
    return {"valid_from": int(first.timestamp()), "rollout": _stages(start.units)}


def _stages(units: Mapping[str, datetime]) -> list[dict[str, Any]]:
    return [{"unit": unit, "since": int(since.timestamp())} for unit, since in units.items()]


def _check_unit(policy: CityPolicy, unit: str) -> None:
    if unit != EVERYWHERE and unit not in policy.organisation.units:
        raise PolicyError("organisation.toml", f"units.{unit}", f"there is no unit “{unit}”")


def _check_stays(now: CityPolicy, staged: CityPolicy) -> None:
    """Both versions run on one chart: the newer may add units and posts, not change any."""
    for name in ("units", "posts"):
        new = getattr(staged.organisation, name)
        for code, one in getattr(now.organisation, name).items():
            if new.get(code) != one:
                reason = "cannot change while the version takes force unit by unit"
                raise PolicyError("organisation.toml", f"{name}.{code}", reason)


def _write_version(event: Recorded) -> None:
    facts = event.facts
    begins = facts.get("valid_from")
    version = PolicyVersion.objects.create(
        digest=event.policy,
        number=facts["number"],
        city=facts["city"],
        files=facts["files"],
        adopted_at=event.happened_at,
        valid_from=event.happened_at if begins is None else instant(begins),
        staged="rollout" in facts,
    )
    policy = load_files(version.city, facts["files"])
    Ending.objects.bulk_create(
        Ending(policy=version, code=e.code, needs=list(e.needs)) for e in policy.endings.values()
    )
    if version.staged:
        organisation.add(policy)
        Told.objects.bulk_create(told_rows(by_digest(_newest_in_force()), only=policy.digest))


def _take_over(digest: str) -> None:
    """Units, posts and who is told, as the version in force has them."""
    now = by_digest(digest)
    organisation.take_over(now)
    for staged in _on_their_way(digest):
        organisation.add(by_digest(staged.digest))
    Told.objects.all().delete()
    Told.objects.bulk_create(told_rows(now))


def told_rows(now: CityPolicy, *, only: str = "") -> list[Told]:
    """Who is told under ladders of other versions (or `only` one), by the organisation of `now`."""
    others = PolicyVersion.objects.exclude(pk=now.digest)
    found = []
    for digest in [only] if only else others.values_list("digest", flat=True):
        own = for_case(digest, now.digest)
        if _told(own) != _told(now):
            found += [_told_row(own, unit) for unit in own.organisation.units]
    return found


def _told(policy: CityPolicy) -> Sequence[Sequence[str]]:
    return [[t.told for t in ladder.thresholds] for ladder in _ladders(policy)]


def _ladders(policy: CityPolicy) -> tuple[Any, Any]:
    return policy.ladder, policy.citizen_ladder


def _told_row(policy: CityPolicy, unit: str) -> Told:
    ladder, of_citizen = (organisation.told(policy, unit, one) for one in _ladders(policy))
    return Told(policy=policy.digest, unit=unit, ladder=ladder, citizen_ladder=of_citizen)


def _reached(policy: CityPolicy, unit: str, staged: Staged, at: datetime) -> bool:
    dates = (staged.since.get(each) for each in policy.organisation.ancestors(unit))
    return any(since is not None and since <= at for since in dates)


def _now() -> _Now:
    return _latest(int(time.monotonic() / LOOKS_EVERY_S))


@lru_cache(maxsize=1)
def _latest(tick: int) -> _Now:
    """Asked of the database at most once in LOOKS_EVERY_S seconds."""
    digest = _newest_in_force()
    return _Now(digest=digest, staged=_on_their_way(digest))


def _on_their_way(digest: str) -> tuple[Staged, ...]:
    """Versions newer than the one in force that take force unit by unit, newest first."""
    newer = PolicyVersion.objects.filter(staged=True, force=None, number__gt=number_of(digest))
    rows = Rollout.objects.filter(version__in=newer).order_by("-version__number")
    since: dict[str, dict[str, datetime]] = {}
    for row in rows:
        since.setdefault(row.version_id, {})[row.unit] = row.since
    return tuple(Staged(digest=each, since=dates) for each, dates in since.items())


def _newest_in_force() -> str:
    newest = InForce.objects.order_by("-version__number").values_list("version", flat=True)
    digest = newest.first()
    if digest is None:
        raise NoPolicy
    return digest
