"""What the public log says of a case, in words, with the names of the rules that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from peygir.cases.policies import NoPolicy, by_digest
from peygir.cases.words import claim_finding, finding, unit_name
from peygir.policy.model import CityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One leaf for a reader. `rows`: (label, value), values are text."""

    words: str
    at: datetime | None  # None: the log does not tell
    rows: Sequence[tuple[str, str]]


def told(leaf: Mapping[str, Any], policy: CityPolicy, language: str) -> Told:
    """`policy`: whose names are used where the leaf names no rules of its own."""
    own = _own(leaf, policy)
    words = _titles().get(leaf["t"], _("A further step"))
    rows = [(label, value) for label, value in _rows(leaf, own, language) if value]
    return Told(words=words, at=instant(leaf.get("et")), rows=rows)


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _own(leaf: Mapping[str, Any], policy: CityPolicy) -> CityPolicy:
    if "rules" not in leaf:
        return policy
    try:
        return by_digest(leaf["rules"])
    except NoPolicy:
        return policy


def _rows(leaf: Mapping[str, Any], policy: CityPolicy, language: str) -> list[tuple[str, str]]:
    """Every row that such a leaf may have; those without a value are left out."""

    def named(table: Mapping[Any, Any], name: str) -> str:
        found = table.get(leaf.get(name))
        words = getattr(found, "words", found)
        return words.in_(language) if words is not None else ""

    unit = leaf.get("to") or leaf.get("unit") or ""
    return [
        (_("Received by"), channels().get(leaf.get("ch", ""), "")),
        (_("Kind of message"), named(policy.kinds, "kind")),
        (_("Subject group"), named(policy.groups, "grp")),
        (_("Class"), named(policy.classes, "cls")),
        (_("District"), named(policy.organisation.districts, "dist")),
        (_("Unit"), unit_name(policy, unit, language) if unit else ""),
        (_("Closed as"), named(policy.endings, "ending")),
        (_("Reason"), named(policy.pauses, "why")),
        (_("The inspector found"), _found(leaf)),
        (_("The citizen said"), _said(leaf.get("word", ""))),
    ]


def _found(leaf: Mapping[str, Any]) -> str:
    if "claim" in leaf:
        return claim_finding(leaf["claim"])
    return finding(leaf["found"]) if "found" in leaf else ""


def _said(word: str) -> str:
    return {"yes": _("yes"), "no": _("no"), "partly": _("partly")}.get(word, "")


def channels() -> Mapping[str, str]:
    """Ways in which a message comes in, as leaves name them."""
    return {
        "phone": _("Telephone"),
        "web": _("Web"),
        "sms": _("SMS"),
        "email": _("E-mail"),
        "in_person": _("In person"),
        "letter": _("Letter"),
        "office": _("Office automation"),
        "social": _("Social networks"),
        "system": _("Other systems"),
    }


def _titles() -> Mapping[str, str]:
    return {
        "case.registered": _("Registered"),
        "case.routed": _("Passed on"),
        "case.recategorised": _("Subject corrected"),
        "case.work_done": _("Result or answer reported"),
        "case.promised": _("Interim answer with a promised date"),
        "case.confirmed": _("The citizen confirmed"),
        "case.disputed": _("The citizen did not agree"),
        "case.inspected": _("Inspected on site"),
        "case.checked": _("An inspector looked whether the work is done"),
        "case.reopened": _("Opened again"),
        "case.objected": _("Objection: nobody followed it up"),
        "case.merged": _("Joined to another report of the same event"),
        "case.closed": _("Closed"),
        "case.overdue": _("A deadline passed"),
        "case.paused": _("The clock was stopped"),
        "case.resumed": _("The clock goes on"),
        "erasure.done": _("The words were erased"),
    }
