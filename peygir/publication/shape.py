"""All that a leaf may hold: whole numbers in bounds, closed codes, bytes in base64url.

`check` stands between every leaf and the log. What it refuses is not published: sealing stops and
says so, because a leaf that is out can never be taken back.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

VERSION: Final = 1

#: Channels that have a name of their own; another system that hands reports in is "system".
CHANNELS: Final = ("phone", "web", "sms", "email", "in_person", "letter", "office", "social")
SYSTEM: Final = "system"
MODES: Final = ("sms", "web", "code", "signature", "call", "ivr", "none")
WORDS: Final = ("yes", "partly", "no")
ENDS: Final = ("by_word", "exception", "merged", "handed_over")
FOUND: Final = ("done", "partly", "not_done")
CLAIM: Final = ("held", "false", "unclear")  # what was found of a claim that a list drew
DRAWN: Final = ("lot", "risk")

Check = Callable[[Any], bool]


class Unpublishable(ValueError):
    """A leaf with something in it that may not be public; names the leaf and the field only."""


def _whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _matches(pattern: str) -> Check:
    form = re.compile(pattern, re.ASCII)
    return lambda value: type(value) is str and form.fullmatch(value) is not None


def _one_of(*words: str) -> Check:
    return lambda value: type(value) is str and value in words


def _all(each: Check) -> Check:
    return lambda value: type(value) is list and len(value) <= 50 and all(map(each, value))


_CODE: Final = r"[A-Za-z][A-Za-z0-9_-]{0,47}"  # as policy.reading takes codes
epoch = _whole(0, 1 << 33)  # a telephone number in E.164 is larger
small = _whole(-1_000_000, 1_000_000)
count = _whole(0, 1 << 32)  # no telephone number of the country is that small
code = _matches(_CODE)
stretch = _whole(-(1 << 31), 1 << 31)
half = _matches(r"[A-Za-z0-9_-]{22}")  # 16 bytes
hashed = _matches(r"[A-Za-z0-9_-]{43}")  # 32 bytes
digest = _matches(r"[0-9a-f]{64}")
true = lambda value: value is True  # noqa: E731 - one of a row of checks
flag = lambda value: type(value) is bool  # noqa: E731 - one of a row of checks

#: Fields of a leaf about a case. Whether one is there depends on the leaf's type.
CASE: Final[Mapping[str, Check]] = {
    "case": half,
    "n": count,
    "prev": lambda value: value == "" or half(value),
    "c": hashed,
    "ca": hashed,
    "cc": hashed,  # of a secret that only the reporting device has
    "cs": hashed,  # that secret, revealed by the citizen's word
    "et": epoch,
    "ch": _one_of(*CHANNELS, SYSTEM),
    "kind": code,
    "cls": code,
    "grp": code,
    "dist": _whole(0, 999),
    "unit": code,
    "post": code,
    "to": code,
    "from": code,
    "opens": _all(code),
    "due": epoch,
    "sla": stretch,
    "until": epoch,
    "rules": digest,
    "sim": true,
    "cyc": small,
    "told": flag,
    "work": true,
    "up": true,
    "word": _one_of(*WORDS),
    "mode": _one_of(*MODES),
    "end": _one_of(*ENDS),
    "ending": code,
    "found": _one_of(*FOUND),
    "claim": _one_of(*CLAIM),
    "by": _one_of(*DRAWN),
    "fix": true,
    "into": half,
    "why": code,
    "clk": small,
    "lvl": small,
    "lvls": small,
    "pts": small,
}

#: Fields that every leaf of a type has, besides t, v, case, n and prev.
NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "case.registered": frozenset({"c", "ca", "et", "ch", "kind", "unit", "due", "sla", "rules"}),
    "case.stepped": frozenset({"et"}),
    "case.routed": frozenset({"et", "to", "from"}),
    "case.recategorised": frozenset({"et"}),
    "case.work_done": frozenset({"et", "unit", "told"}),
    "case.promised": frozenset({"et", "until", "told"}),
    "case.confirmed": frozenset({"et", "word", "mode"}),
    "case.disputed": frozenset({"et", "word", "mode"}),
    "case.inspected": frozenset({"et", "found"}),
    "case.checked": frozenset({"et", "claim", "by", "unit", "cyc"}),
    "case.reopened": frozenset({"et", "cyc"}),
    "case.objected": frozenset({"et"}),
    "case.merged": frozenset({"et", "end", "ending"}),
    "case.closed": frozenset({"et", "end", "ending"}),
    "case.overdue": frozenset({"et", "clk", "lvl", "lvls", "pts", "unit"}),
    "case.paused": frozenset({"et", "clk", "why", "until"}),
    "case.resumed": frozenset({"et", "clk"}),
    "erasure.done": frozenset({"et"}),
}

#: All that a leaf about a sealed case holds, and the only types it may have.
SEALED: Final = frozenset({"t", "v", "case", "n", "prev", "c", "ca"})
SEALED_TYPES: Final = ("case.registered", "case.stepped", "case.closed")

_OFFICE: Final[Mapping[str, Check]] = {"post": code, "term": _whole(1, 10_000), "since": epoch}

#: Leaves about no case of the log's own chain. Other rooms keep their own: stats.*, key.*, cp.*.
LOG: Final[Mapping[str, Mapping[str, Check]]] = {
    "ruleset.published": {
        "digest": digest,
        "file": digest,
        "from": epoch,
        "units": lambda value: (
            type(value) is list
            and all(
                type(pair) is list
                and len(pair) == 2
                and (pair[0] == "" or code(pair[0]))
                and epoch(pair[1])
                for pair in value
            )
        ),
    },
    "office.term": _OFFICE,
    "office.vacant": _OFFICE,
    "points.reversed": {"et": epoch, "ref": count, "pts": small, "unit": code},
    "intake.daily": {
        "day": _whole(0, 100_000),
        "contacts": count,
        "calls": count,
        "messages": count,
        "follow_ups": count,
        "by": lambda value: (
            type(value) is dict and all(code(name) and count(n) for name, n in value.items())
        ),
    },
    "audit.seed": {
        "et": epoch,
        "size": count,
        "root": hashed,
        "dice": _matches(r"[0-9]{1,64}"),
        "sample": _whole(1, 1000),
        "by": code,
    },
    "audit.result": {
        "et": epoch,
        "size": count,
        "checked": count,
        "held": count,
        "by": code,
        "about": _one_of("calls", "openings"),
        "file": digest,
        "key": hashed,
        "sig": _matches(r"[A-Za-z0-9_-]{86}"),
    },
}
OPTIONAL: Final = frozenset({"units", "file", "key", "sig"})


def check(body: Mapping[str, Any]) -> None:
    """Raises Unpublishable for a leaf that holds anything but what its type may hold."""
    kind = str(body.get("t"))
    if body.get("v") != VERSION:
        raise Unpublishable(f"{kind}: v")
    if kind in LOG:
        _check(kind, body, LOG[kind], frozenset(LOG[kind]) - OPTIONAL)
    elif kind in SEALED_TYPES and body.keys() == SEALED:
        _check(kind, body, CASE, SEALED - {"t", "v"})  # shorter than any that is not sealed
    elif kind in NEEDED:
        _check(kind, body, CASE, NEEDED[kind] | {"case", "n", "prev"})
    else:
        raise Unpublishable("t")


def _check(
    kind: str, body: Mapping[str, Any], fields: Mapping[str, Check], needed: frozenset[str]
) -> None:
    lacking = needed - body.keys()
    if lacking:
        raise Unpublishable(f"{kind}: lacks {', '.join(sorted(lacking))}")
    for name, value in body.items():
        if name in ("t", "v"):
            continue
        if name not in fields or not fields[name](value):
            raise Unpublishable(f"{kind}: {name}")
