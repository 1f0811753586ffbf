"""The shapes of a city's policy. Everything is frozen; texts are `Words` (fa, en)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from peygir.calendars.durations import Span
from peygir.calendars.working import WorkingCalendar

if TYPE_CHECKING:
    from peygir.policy.knowledge import Article
    from peygir.policy.overlay import Overlay


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
    outside: bool = False  # the matter belongs to a body outside the municipality


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Words):
    """A kind of voice, and its own way where it has one."""

    start: str | None = None  # the stage where it begins; None: where every request does
    sealed: bool = False  # hidden from the post that it speaks about, and from all below
    about: Literal["case", "post", "unit"] | None = None  # what the voice names besides its words


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideBody(Words):
    """A body that owns what is not the municipality's, and how it is told."""

    phone: str = ""
    by: Literal["letter", "list"] = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """The urgent lane: where it begins, and the only grounds on which a case may take it."""

    start: str
    grounds: Mapping[str, Words]


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
    only_for: Literal["long_running", "nonmunicipal", "urgent", "not_urgent"] | None = None
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
    calms: bool = False  # the case leaves the urgent lane
    after: tuple[str, ...] = ()  # steps of the same track that must have been taken before


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A place where a case waits for somebody. Every stage has a holder and a time allowed."""

    code: str
    words: Words
    holder: str  # a word of HOLDERS or a unit code
    due: Span | Literal["class"]
    status: str  # what the citizen sees
    steps: Mapping[str, Step] = field(default_factory=dict)
    desk: str = "inbox"  # the staff page that serves it: a word of DESKS
    by_post: bool = False  # a post's own time allowed goes before `due`
    on_breach: str | None = None  # "superior", or the step that the system takes
    track: bool = False  # stands beside the stage that names it, with its own holder and clock
    tracks: tuple[str, ...] = ()  # what runs side by side while a case waits here
    then: str | None = None  # where the case goes when all its tracks are done
    tells: str | None = None  # text template sent to the citizen(s) with that
    lasting: bool = False  # a track that goes on when the case leaves the stage
    closes_when: tuple[str, ...] = ()  # evidence that ends this track, whoever brings it

    @property
    def waits_for_citizen(self) -> bool:
        """Whether its deadline is the citizen's: passing it is nobody's lateness."""
        return self.on_breach is not None and self.on_breach in self.steps


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
    due: Span | None = None  # the time that this post has to answer, where a stage asks for it
    due_by_class: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    functions: Mapping[str, str]  # function -> "district" or the code of one unit for all districts
    districts: Mapping[int, Words]
    outside_bodies: Mapping[str, OutsideBody]
    # Asked at every registration and by every rule, so worked out once.
    _by_place: Mapping[tuple[str, int], str] = field(init=False, repr=False, compare=False)
    _posts_of: Mapping[str, tuple[Post, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {
            (u.function, u.district): u.code
            for u in self.units.values()
            if u.function and u.district is not None
        }
        posts: dict[str, list[Post]] = {}
        for post in self.posts.values():
            posts.setdefault(post.unit, []).append(post)
        object.__setattr__(self, "_by_place", places)
        object.__setattr__(self, "_posts_of", {unit: tuple(p) for unit, p in posts.items()})

    def route(self, function: str, district: int | None) -> str | None:
        """The unit that answers for `function` in `district`; None when the policy names nobody."""
        where = self.functions.get(function)
        if where != "district":
            return where
        return None if district is None else self._by_place.get((function, district))

    def posts_of(self, unit: str) -> tuple[Post, ...]:
        return self._posts_of.get(unit, ())

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

    def chain(self, post: str | None) -> tuple[str, ...]:
        """`post` and every superior above it, lowest first."""
        found: list[str] = []
        while post is not None and post not in found:
            found.append(post)
            post = self.posts[post].superior
        return tuple(found)

    def impartial(self, units: tuple[str, ...], accused: str) -> str | None:
        """The first of `units` none of whose posts is `accused` or stands below that post."""
        for unit in units:
            posts = [post.code for post in self.posts_of(unit)]
            if posts and not any(accused in self.chain(post) for post in posts):
                return unit
        return None

    def head_of(self, unit: str) -> str | None:
        """The head post of `unit`, or of the nearest unit above that has one."""
        for code in self.ancestors(unit):
            for post in self.posts_of(code):
                if post.head:
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
class Scores:
    """How units and posts are scored, and what of it is published (clocks.md §3).

    `parts`: hundredths of the score, 100 in all. `classes`: how much a deadline of a class weighs
    (1 where none is named). `penalties`: hundredths of a point for each 100 closings, at most
    `penalty_cap` points. `online`, `handset`: how far what the city says of a time may lie before
    what outside witnesses saw. `terms`: whether the log tells when an office changes hands.
    """

    version: int = 1
    rank_by: str = "score"
    parts: Mapping[str, int] = field(
        default_factory=lambda: {"timely": 30, "resolved": 30, "satisfied": 25, "quality": 15}
    )
    classes: Mapping[str, int] = field(default_factory=dict)
    penalties: Mapping[str, int] = field(
        default_factory=lambda: {"reopened": 10, "inspected_false": 30, "points": 2}
    )
    penalty_cap: int = 20
    ranked_from: int = 30
    small_cell: int = 5
    late_window: timedelta = timedelta(days=7)
    online: timedelta = timedelta(minutes=15)
    handset: timedelta = timedelta(hours=24)
    terms: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPolicy:
    """All that a city decided, as one immutable value. `digest` is SHA-256 over its files (hex)."""

    name: str
    digest: str
    files: Mapping[str, str]  # file name -> text, as adopted
    city: Mapping[str, object]  # city.toml as read: names, phone, map, limits
    words: Words
    calendar: WorkingCalendar
    kinds: Mapping[str, Kind]
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
    urgent: Urgent | None  # None: this city has no urgent lane
    impartial: tuple[str, ...]  # units that may examine a complaint about an official, in order
    texts: Mapping[str, Words]  # texts.fa.toml × texts.en.toml, dotted keys ("sms.registered")
    articles: "Mapping[str, Article]" = field(default_factory=dict)  # answers given at once
    overlays: "Mapping[str, Overlay]" = field(default_factory=dict)  # for a crisis or a season
    scores: Scores = field(default_factory=Scores)
    inspections_weekly: int = 0  # claims of work done drawn each week to be looked at

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Every stage where some case may begin once it is sorted."""
        own = [kind.start for kind in self.kinds.values() if kind.start]
        urgent = [self.urgent.start] if self.urgent else []
        return tuple(dict.fromkeys([self.start, *urgent, *own]))

    def track_step(self, code: str) -> Step | None:
        """The step `code` of whichever track has one."""
        steps = (stage.steps.get(code) for stage in self.stages.values() if stage.track)
        return next((step for step in steps if step is not None), None)

    def begins(self, kind: str, *, urgent: bool) -> str:
        """The stage where a voice of this kind begins, once it is known whom it goes to."""
        found = self.kinds.get(kind)
        if urgent and self.urgent is not None and not (found and found.sealed):
            return self.urgent.start
        return (found.start if found else None) or self.start

    def served_by(self, desk: str) -> tuple[str, ...]:
        """The stages that a staff page serves."""
        return tuple(code for code, stage in self.stages.items() if stage.desk == desk)

    def step(self, stage: str | None, code: str) -> Step | None:
        """The step `code` as it may be taken in `stage` (None: the case is closed)."""
        if stage is None:
            return self.after_closing.get(code)
        return self.stages[stage].steps.get(code) or self.anywhere.get(code)
