"""Adopting a city's policy, and finding the one in force. Versions are immutable."""

import time
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from peygir.cases.models import Ending, PolicyVersion
from peygir.ledger.entry import Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.people import organisation
from peygir.policy.check import require
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy

LOOKS_EVERY_S = 2.0  # how long a process may not know of a newly adopted version


class NoPolicy(LookupError):
    """No city has been adopted in this database yet: run `manage.py load_city`."""


@transaction.atomic
def adopt(folder: Path, *, actor: Actor, at: datetime) -> tuple[CityPolicy, bool]:
    """Take the policy in `folder` into force at `at`; gives it and whether it was new.

    Raises peygir.policy.errors.PolicyError when the checker refuses it: nothing changes then.
    """
    policy = load_city(folder)
    require(policy)
    if PolicyVersion.objects.filter(digest=policy.digest).exists():
        organisation.take_over(by_digest(_newest()))  # rows as this release of the code makes them
        return policy, False
    number = PolicyVersion.objects.count() + 1
    entry = Entry(
        subject="policy",
        subject_id=new_id(),
        kind="policy.adopted",
        happened_at=at,
        policy=policy.digest,
        actor=actor,
        facts={"city": policy.name, "number": number, "files": dict(policy.files)},
    )
    recorded = append([entry])
    write(recorded[0])
    project(recorded)
    _latest.cache_clear()
    return policy, True


def write(event: Recorded) -> None:
    """The rows that follow from an adoption: the version, its endings, the organisation."""
    files = event.facts["files"]
    version = PolicyVersion.objects.create(
        digest=event.policy,
        number=event.facts["number"],
        city=event.facts["city"],
        files=files,
        adopted_at=event.happened_at,
        valid_from=event.happened_at,
    )
    policy = load_files(version.city, files)
    Ending.objects.bulk_create(
        Ending(policy=version, code=e.code, needs=list(e.needs)) for e in policy.endings.values()
    )
    organisation.take_over(policy)


def current() -> CityPolicy:
    """The policy in force. Raises NoPolicy. Remembered for LOOKS_EVERY_S seconds per process."""
    return by_digest(_latest(int(time.monotonic() / LOOKS_EVERY_S)))


@lru_cache(maxsize=8)
def by_digest(digest: str) -> CityPolicy:
    """An adopted version; every case and clock keeps the one that it was given."""
    version = PolicyVersion.objects.filter(digest=digest).first()
    if version is None:
        raise NoPolicy(digest)
    return load_files(version.city, version.files)


@lru_cache(maxsize=16)
def for_case(digest: str, in_force: str) -> CityPolicy:
    """The policy that a case lives under: the flow of its own version, today's units and texts.

    A new version never changes the way of a case that is already on it; posts and people do change.
    """
    own, now = by_digest(digest), by_digest(in_force)
    return replace(own, organisation=now.organisation, texts=now.texts)


@lru_cache(maxsize=1)
def _latest(tick: int) -> str:
    return _newest()


def _newest() -> str:
    version = PolicyVersion.objects.order_by("-number").values_list("digest", flat=True).first()
    if version is None:
        raise NoPolicy
    return version
