"""Showing an auditor what a leaf hides: exact subject and place, nothing about a person.

The log holds `ca`, a commitment. An opening is the values and the nonce; whoever has both checks
without us that they are what was logged. Opening is an event of its own, so that the city sees who
looked at what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from peygir.ledger import read
from peygir.ledger.entry import Actor, Entry
from peygir.ledger.models import Event, Leaf
from peygir.ledger.projectors import project
from peygir.ledger.write import append
from peygir.people.models import CaseKey
from peygir.publication.commit import AUDITOR, nonce, opens
from peygir.publication.leaves import hidden, know
from peygir.publication.models import Listed
from peygir.publication.receipts import Place
from peygir.verify.canonical import to_base64url


class CannotOpen(Exception):
    """`code`: nothing (the leaf hides nothing), erased (the key is gone, for good)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What was committed to. `blind`: the nonce, base64url; `holds`: it is what the leaf says."""

    place: Place
    values: Mapping[str, Any]
    blind: str
    holds: bool


@transaction.atomic
def open_leaf(place: Place, *, policy: str, actor: Actor, at: datetime) -> Opening:
    """Open `ca` of a leaf. `policy`: digest of the version in force. Raises CannotOpen."""
    leaf = place.leaf
    if "ca" not in leaf:
        raise CannotOpen("nothing")
    event = read.value(Event.objects.get(pk=_event_id(place)))
    keys = CaseKey.objects.filter(case_id=event.subject_id)
    key = keys.values_list("key", flat=True).first()
    if key is None:
        raise CannotOpen("erased")
    values = hidden(event, know([event], {}))
    assert values is not None, "a leaf with a commitment hides something"
    blind = nonce(bytes(key), leaf["n"], AUDITOR)
    entry = Entry(
        subject="audit",
        subject_id=event.subject_id,
        kind="audit.opened",
        actor=actor,
        happened_at=at,
        policy=policy,
        facts={"year": place.year, "number": place.number},
    )
    project(append([entry]))
    holds = opens(leaf["ca"], blind, values)
    return Opening(place=place, values=values, blind=to_base64url(blind), holds=holds)


def _event_id(place: Place) -> int:
    base = Listed.objects.values_list("base", flat=True).get(year=place.year)
    found = Leaf.objects.values_list("event_id", flat=True).get(pk=base + place.number)
    assert found is not None, "only leaves of events hide something"
    return found
