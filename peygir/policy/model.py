"""The shapes of a city's policy. Everything is frozen; texts are `Words` (fa, en)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from peygir.calendars.durations import Span
from peygir.calendars.working import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in both languages of the product."""

    fa: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language.startswith("en") else self.fa


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClass:
    """A class of work and the time within which it must be determined and reported (Q12)."""

    code: str
    words: Words
    due: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A leaf subject. `function` says what kind of unit answers for it (`Organisation.route`)."""

    code: str
    group: str
    words: Words
    class_code: str
    function: str
    long_running: bool = False
    lexicon: tuple[str, ...] = ()  # words that suggest this category while somebody types
    urgent_when: Words | None = None
    ask: Words | None = None  # what the operator should ask the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way out of a stage (or back into it)."""

    code: str
    words: Words
    by: tuple[str, ...]
    to: str
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    ending: str | None = None
    approval: Literal["holder_head"] | None = None
    only_for: Literal["long_running", "nonmunicipal"] | None = None
    new_cycle: bool = False
    determines: bool = False  # a determination plus a report to the citizen: stops what Q12 counts
    tells: str | None = None  # text template sent to the citizen(s)
    limit: int | None = None  # how often per cycle
    over: timedelta | None = None  # with `limit`: and the first must be at least this long ago
    then: str | None = None  # where the step leads once the limit is reached
    rearm: Literal["promised_for"] | None = None
    longest: timedelta | None = None  # the furthest that `promised_for` may lie ahead
    within: timedelta | None = None  # only this long after closing
    role: Literal["lead", "co"] = "lead"
    opens_co: bool = False  # opens a side-by-side referral for `target_unit`
    waits_for_co: bool = False  # refused while a co-unit still owes its part
    keeps_start: bool = False  # new time allowed counts from the old start (reclassification)
    word_via: tuple[str, ...] = ()  # ways in which the citizen's word counts here; empty: any
    finding: str | None = None  # what the inspection must have found: done, partly, not_done


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A place where a case waits for somebody. Every stage has a holder and a time allowed."""

    code: str
    words: Words
    holder: str  # "routing" or a unit code
    due: Span | Literal["class"]
    status: str  # what the citizen sees
    steps: Mapping[str, Step] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A way a case may be closed, and the evidence that the database demands for it."""

    code: str
    words: Words
    needs: tuple[str, ...]
    citizens_word: bool
    exception: Words | None = None  # why this ending may do without the citizen's word


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One instant of a clock, numbered from 1: a warning, the breach, or a rung above it."""

    name: str
    kind: Literal["warning", "breach", "rung"]
    told: str  # a word of TOLD
    percent: int | None = None  # of the time allowed (warnings)
    after: timedelta | None = None  # after the breach (rungs) or after the start (citizen clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Who learns of a deadline missed, and when; the last rung repeats for ever (never silent)."""

    thresholds: tuple[Threshold, ...]
    repeat: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    code: str
    kind: str
    words: Words
    parent: str | None = None
    district: int | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A place in the organisation that answers for something; people come and go."""

    code: str
    unit: str
    words: Words
    superior: str | None
    roles: tuple[str, ...]
    head: bool = False
    deputy_for: tuple[str, ...] = ()  # class codes that this deputy answers for


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    functions: Mapping[str, str]  # function -> "district" or the code of one unit for all districts
    districts: Mapping[int, Words]
    outside_bodies: Mapping[str, Words]

    def route(self, function: str, district: int | None) -> str | None:
        """The unit that answers for `function` in `district`; None when the policy names nobody."""
        where = self.functions.get(function)
        if where != "district":
            return where
        return self._by_place.get((function, district))

    @property
    def _by_place(self) -> dict[tuple[str, int | None], str]:
        return {
            (u.function, u.district): u.code
            for u in self.units.values()
            if u.function and u.district is not None
        }

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """`unit` and every unit above it, lowest first."""
        chain: list[str] = []
        at: str | None = unit
        while at is not None:
            chain.append(at)
            at = self.units[at].parent
        return tuple(chain)

    def scored(self, unit: str) -> str:
        """The district or organisation whose score bears what `unit` does; else the unit itself."""
        for code in self.ancestors(unit):
            if self.units[code].kind in ("district", "organisation"):
                return code
        return unit

    def head_of(self, unit: str) -> str | None:
        """The head post of `unit`, or of the nearest unit above that has one."""
        for code in self.ancestors(unit):
            for post in self.posts.values():
                if post.unit == code and post.head:
                    return post.code
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A whitelisted reason to stop a unit's clock, with its cap."""

    code: str
    words: Words
    longest: timedelta
    approval: str  # a role


@dataclass(frozen=True, slots=True, kw_only=True)
class Redial:
    """How long to wait after an attempt that reached nobody, by its outcome."""

    waits: Mapping[str, timedelta]
    attempts: int
    over: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Negative points for lateness (Q10): points per threshold kind."""

    version: int
    breach: int
    rung: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPolicy:
    """All that a city decided, as one immutable value. `digest` is SHA-256 over its files (hex)."""

    name: str
    digest: str
    files: Mapping[str, str]  # file name -> text, as adopted
    city: Mapping[str, object]  # city.toml as read: names, phone, map, limits
    words: Words
    calendar: WorkingCalendar
    kinds: Mapping[str, Words]
    classes: Mapping[str, ServiceClass]
    groups: Mapping[str, Words]
    categories: Mapping[str, Category]
    stages: Mapping[str, Stage]
    anywhere: Mapping[str, Step]  # steps open in every waiting stage
    after_closing: Mapping[str, Step]  # steps open on a closed case
    start: str
    start_unsorted: str
    endings: Mapping[str, Ending]
    ladder: Ladder
    citizen_ladder: Ladder
    pauses: Mapping[str, Pause]
    redial: Redial
    points: Points
    organisation: Organisation
    texts: Mapping[str, Words]  # texts.fa.toml × texts.en.toml, dotted keys ("sms.registered")

    def step(self, stage: str | None, code: str) -> Step | None:
        """The step `code` as it may be taken in `stage` (None: the case is closed)."""
        if stage is None:
            return self.after_closing.get(code)
        return self.stages[stage].steps.get(code) or self.anywhere.get(code)
