"""Which outside witnesses must have seen a checkpoint, and when they did (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from peygir.verify.notes import (
    LOG_KEY,
    WITNESS_KEY,
    BadNote,
    Note,
    Vkey,
    claimed_at,
    cosigned_at,
    parse_vkey,
)

NOBODY = "none"
POLICY_BYTES_MAX = 1 << 16
PAIR_SECONDS_MAX = 300  # two witnesses alone must agree this closely
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class Anchor(NamedTuple):
    """A leaf that holds a tree of its log which a quorum had seen: the leaf's number, the tree's
    leaves, and by which epoch second."""

    leaf: int
    size: int
    at: int


class Policy(NamedTuple):
    """The keys of logs and witnesses, groups as (how many, of whom), and the name of the quorum."""

    logs: tuple[Vkey, ...]
    witnesses: Mapping[str, Vkey]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str


def parse_policy(data: bytes) -> Policy:
    """Raises BadNote, naming the line, for anything that is not a policy."""
    if len(data) > POLICY_BYTES_MAX or _CONTROLS.search(data):
        raise BadNote("not a policy: too long, or with control characters")
    draft = _Draft()
    for number, raw in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = re.split(r"[ \t]+", raw.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                draft.line(words)
            except BadNote as error:
                raise BadNote(f"line {number} of the policy: {error}") from None
    if draft.quorum is None:
        raise BadNote("the policy names no quorum")
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum)


def cosigners(policy: Policy, note: Note) -> dict[str, int]:
    """The policy's witnesses that cosigned the note, each with its time in epoch seconds."""
    times = {name: cosigned_at(note, key) for name, key in policy.witnesses.items()}
    return {name: time for name, time in times.items() if time is not None}


def is_met(policy: Policy, names: Iterable[str]) -> bool:
    """Whether these witnesses are a quorum."""
    present = set(names)
    if policy.quorum == NOBODY:
        return True
    for group, (least, members) in policy.groups.items():  # members stand before their groups
        if sum(each in present for each in members) >= least:
            present.add(group)
    return policy.quorum in present


def witnessed_at(policy: Policy, note: Note) -> int | None:
    """The epoch second by which a quorum had seen the note's tree, or None without a quorum.

    The second lowest of three times, in general the lower middle one, so that a single wrong clock
    moves nothing. Two alone must agree within PAIR_SECONDS_MAX, and the later one counts.
    """
    found = _by_two_of_three(policy, note)
    if found is not None:
        return found
    times = cosigners(policy, note)
    if not times or not is_met(policy, times):
        return None
    ranked = sorted(times.values())
    if len(ranked) == 2:
        return ranked[1] if ranked[1] - ranked[0] <= PAIR_SECONDS_MAX else None
    return ranked[(len(ranked) - 1) // 2]


def _by_two_of_three(policy: Policy, note: Note) -> int | None:
    """The same without a look at the last of three signatures, where the others do: a year of
    hourly trees has tens of thousands."""
    claimed = [(claimed_at(note, key), name) for name, key in policy.witnesses.items()]
    ranked = sorted((time, name) for time, name in claimed if time is not None)
    if len(ranked) != 3:
        return None
    (first, one), (second, other), _ = ranked
    if second - first > PAIR_SECONDS_MAX or not is_met(policy, (one, other)):
        return None
    both = [cosigned_at(note, policy.witnesses[name]) for name in (one, other)]
    return None if None in both else second


class _Draft:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self.logs: list[Vkey] = []
        self.witnesses: dict[str, Vkey] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: str | None = None
        self.members: set[str] = set()

    def line(self, words: list[str]) -> None:
        word, rest = words[0], words[1:]
        if word == "log" and len(rest) in (1, 2):
            self.logs.append(self._key(rest[0], LOG_KEY, self.logs))
        elif word == "witness" and len(rest) in (2, 3):
            key = self._key(rest[1], WITNESS_KEY, self.witnesses.values())
            self.witnesses[self._new(rest[0])] = key
        elif word == "group" and len(rest) >= 3:
            self._group(rest[0], rest[1], tuple(rest[2:]))
        elif word == "quorum" and len(rest) == 1 and self.quorum is None:
            if rest[0] != NOBODY:
                self._defined(rest[0])
            self.quorum = rest[0]
        else:
            raise BadNote("not a line of a policy")

    def _group(self, name: str, least: str, members: tuple[str, ...]) -> None:
        for member in members:
            self._defined(member)
            if member in self.members:
                raise BadNote(f"{member} is in two groups, or twice in one")
            self.members.add(member)
        named = {"any": 1, "all": len(members)}
        if least not in named and not _THRESHOLD.fullmatch(least):
            raise BadNote("a group needs a number, any or all")
        count = named[least] if least in named else int(least)
        if count > len(members):
            raise BadNote("a group cannot need more than it has")
        self.groups[self._new(name)] = (count, members)

    def _key(self, text: str, kind: int, others: Iterable[Vkey]) -> Vkey:
        key = parse_vkey(text)
        if key.kind != kind:
            raise BadNote("a key of another kind")
        if any(key.public == other.public for other in others):
            raise BadNote("a key that is there already")
        return key

    def _new(self, name: str) -> str:
        if name == NOBODY or name in self.witnesses or name in self.groups:
            raise BadNote(f"the name {name} is taken")
        return name

    def _defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadNote(f"the name {name} is not defined above")
