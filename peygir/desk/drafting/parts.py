"""What forms can change of a policy: for each part its fields, and the change of files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from peygir.calendars.durations import Span
from peygir.calendars.persian import clean, to_latin_digits
from peygir.look.numbers import fa, listed
from peygir.policy import edit
from peygir.policy.model import CityPolicy, Ladder
from peygir.policy.sayings import TOLD
from peygir.policy.vocabulary import CLASS_DUE

RUNGS_MAX: Final = 5
NUMBER_MAX: Final = 6  # digits of a time allowed
UNITS: Final = ("m", "h", "d", "w", "wh", "wd")

Files = dict[str, str]
Options = Sequence[tuple[str, str]]


class Wrong(Exception):
    """What was typed cannot be taken: name of the field -> sentence."""

    def __init__(self, **fields: str) -> None:
        super().__init__(fields)
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in.

    `kind`: text, number, select, check, or span (a number in `name`, its unit in `name`_u).
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    unit: str = ""  # of a span
    options: Options = ()
    hint: str = ""
    latin: bool = False  # typed from left to right


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that belong together, under one heading."""

    title: str
    fields: Sequence[Field]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the form of a policy holds: names to texts, as they were typed."""

    post: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return clean(self.post.get(name, "")).strip()[:4000]

    def number(self, name: str) -> int:
        """A whole number in any digits. Raises Wrong."""
        digits = to_latin_digits(self.text(name))
        if not (digits.isascii() and digits.isdigit() and len(digits) <= NUMBER_MAX):
            raise Wrong(**{name: _("Please give a whole number.")})
        return int(digits)

    def chosen(self, name: str, options: Options) -> str:
        """One of the values offered. Raises Wrong."""
        value = self.post.get(name, "")
        if value not in {each for each, _words in options}:
            raise Wrong(**{name: _("Please choose one from the list.")})
        return value

    def span(self, name: str) -> str:
        """A time allowed, as a city's file writes it: "24h". Raises Wrong."""
        unit = self.chosen(f"{name}_u", span_units(by_class=True))
        return CLASS_DUE if unit == CLASS_DUE else f"{self.number(name)}{unit}"


def span_units(*, by_class: bool = False) -> Options:
    found = [
        ("m", _("minutes")),
        ("h", _("hours")),
        ("d", _("days")),
        ("w", _("weeks")),
        ("wh", _("working hours")),
        ("wd", _("working days")),
    ]
    return [*found, (CLASS_DUE, _("the time of its class"))] if by_class else found


def span_field(name: str, label: str, span: Span | str, *, by_class: bool = False) -> Field:
    """A number and its unit, filled with `span`."""
    text = span if isinstance(span, str) else span.text
    number = "" if text == CLASS_DUE else text.rstrip("mhdw")
    unit = text[len(number) :] if number else text
    options = span_units(by_class=by_class)
    return Field(name=name, label=label, kind="span", value=number, unit=unit, options=options)


# ── classes ─────────────────────────────────────────────────────────────────────────────────────


def classes(policy: CityPolicy, lang: str, _code: str) -> list[Group]:
    return [
        Group(
            title=one.words.in_(lang),
            fields=[
                span_field(f"due-{code}", _("Time allowed"), one.due),
                Field(name=f"fa-{code}", label=_("Name in Persian"), value=one.words.fa),
                Field(
                    name=f"en-{code}", label=_("Name in English"), value=one.words.en, latin=True
                ),
            ],
        )
        for code, one in policy.classes.items()
    ]


def put_classes(policy: CityPolicy, given: Given) -> Files:
    found = {
        code: {name: _needed(given, f"{name}-{code}") for name in ("fa", "en")}
        | {"due": given.span(f"due-{code}")}
        for code in policy.classes
    }
    return edit.put_classes(policy.files, found)


# ── stages ──────────────────────────────────────────────────────────────────────────────────────


def stages(policy: CityPolicy, lang: str, _code: str) -> list[Group]:
    fields = [
        span_field(f"due-{code}", stage.words.in_(lang), stage.due, by_class=True)
        for code, stage in policy.stages.items()
    ]
    return [Group(title=_("Time allowed in each stage"), fields=fields)]


def put_stages(policy: CityPolicy, given: Given) -> Files:
    dues = {code: given.span(f"due-{code}") for code in policy.stages}
    return edit.put_stage_dues(policy.files, dues)


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


def routes(policy: CityPolicy, lang: str, _code: str) -> list[Group]:
    options, fields = _holders(policy, lang), []
    for function, where in policy.organisation.functions.items():
        subjects = [c.words.in_(lang) for c in policy.categories.values() if c.function == function]
        fields.append(
            Field(
                name=f"to-{function}",
                label=function,
                kind="select",
                value=where,
                options=options,
                hint=_("subjects: %(names)s") % {"names": _some(subjects)},
            )
        )
    note = _("“The district's own department” is the unit that the chart names for each district.")
    return [Group(title=_("Who answers for what"), fields=fields, note=note)]


def put_routes(policy: CityPolicy, given: Given) -> Files:
    options, functions = _holders(policy, "en"), policy.organisation.functions
    routes = {function: given.chosen(f"to-{function}", options) for function in functions}
    return edit.put_routes(policy.files, routes)


def _holders(policy: CityPolicy, lang: str) -> Options:
    units = policy.organisation.units.values()
    able = {post.unit for post in policy.organisation.posts.values() if "executive" in post.roles}
    found = [(u.code, u.words.in_(lang)) for u in units if u.code in able and u.district is None]
    named = set(policy.organisation.functions.values()) - {code for code, _words in found}
    own = ("district", _("the district's own department"))
    others = [(u.code, u.words.in_(lang)) for u in units if u.code in named]
    return [own, *others, *found]


# ── ladders ─────────────────────────────────────────────────────────────────────────────────────


def ladders(policy: CityPolicy, lang: str, _code: str) -> list[Group]:
    titles = {"ladder": _("Deadline of a unit"), "citizen_clock": _("The citizen's own clock")}
    return [
        Group(title=titles[name], fields=_ladder(name, ladder, lang))
        for name, ladder in _both(policy)
    ]


def put_ladders(policy: CityPolicy, given: Given) -> Files:
    files = dict(policy.files)
    for name, _ladder_of in _both(policy):
        rungs = []
        for place in range(RUNGS_MAX):
            told = given.chosen(f"told-{name}-{place}", [("", ""), *_told("en")])
            if told:
                rungs.append((given.span(f"after-{name}-{place}"), told))
        files = edit.put_ladder(files, name, rungs, given.span(f"repeat-{name}"))
    return files


def _both(policy: CityPolicy) -> tuple[tuple[str, Ladder], tuple[str, Ladder]]:
    return ("ladder", policy.ladder), ("citizen_clock", policy.citizen_ladder)


def _ladder(name: str, ladder: Ladder, lang: str) -> list[Field]:
    rungs = [t for t in ladder.thresholds if t.kind == "rung" and t.after is not None]
    fields = []
    for place in range(RUNGS_MAX):
        known = rungs[place] if place < len(rungs) else None
        after = _written(known.after) if known is not None and known.after is not None else "h"
        number = {"n": fa(place + 1)}
        fields.append(
            span_field(f"after-{name}-{place}", _("Rung %(n)s: how long after") % number, after)
        )
        fields.append(
            Field(
                name=f"told-{name}-{place}",
                label=_("Rung %(n)s: who learns") % number,
                kind="select",
                value=known.told if known else "",
                options=[("", _("nobody: no such rung")), *_told(lang)],
            )
        )
    repeat = span_field(f"repeat-{name}", _("Then again every"), _written(ladder.repeat))
    return [*fields, repeat]


def _told(lang: str) -> Options:
    return [(code, words.in_(lang)) for code, words in TOLD.items()]


def _written(delta: Any) -> str:
    """Elapsed time as a file writes it, in the largest whole unit."""
    minutes = int(delta.total_seconds()) // 60
    if minutes % 60:
        return f"{minutes}m"
    hours = minutes // 60
    return f"{hours}h" if hours % 24 or hours < 96 else f"{hours // 24}d"


# ── points ──────────────────────────────────────────────────────────────────────────────────────


def points(policy: CityPolicy, _lang: str, _code: str) -> list[Group]:
    given = policy.points
    fields = [
        Field(
            name="breach", label=_("For a missed deadline"), kind="number", value=str(given.breach)
        ),
        Field(
            name="rung",
            label=_("For each further step of the ladder"),
            kind="number",
            value=str(given.rung),
        ),
    ]
    note = _("Written without a sign: 2 takes two points. A change is a new version of the rule.")
    return [Group(title=_("Negative points"), fields=fields, note=note)]


def put_points(policy: CityPolicy, given: Given) -> Files:
    return edit.put_points(policy.files, breach=given.number("breach"), rung=given.number("rung"))


# ── subjects ────────────────────────────────────────────────────────────────────────────────────


def subject(policy: CityPolicy, lang: str, code: str) -> list[Group]:
    """One subject; an empty code is a new one."""
    one = policy.categories.get(code)
    hint = _("Latin letters and digits, such as W12")
    names = [] if one else [Field(name="code", label=_("Code"), latin=True, hint=hint)]
    fields = [
        *names,
        Field(name="fa", label=_("Name in Persian"), value=one.words.fa if one else ""),
        _english("en", one.words.en if one else ""),
        _pick("group", _("Group"), _named(policy.groups, lang), one.group if one else ""),
        _pick("class", _("Class"), _classes(policy, lang), one.class_code if one else ""),
        _pick("function", _("Function"), _functions(policy, lang), one.function if one else ""),
        Field(
            name="long_running",
            label=_("Long-running: may be answered by a promised date"),
            kind="check",
            value="1" if one and one.long_running else "",
        ),
    ]
    title = one.words.in_(lang) if one else _("A new subject")
    return [Group(title=title, fields=fields)]


def put_subject(policy: CityPolicy, given: Given) -> Files:
    code = given.post.get("known", "")
    known = policy.categories.get(code)
    if known is None:
        code = to_latin_digits(_needed(given, "code"))
        if code in policy.categories:
            raise Wrong(code=_("There is a subject with this code."))
    values: dict[str, Any] = {
        "fa": _needed(given, "fa"),
        "en": _needed(given, "en"),
        "group": given.chosen("group", _named(policy.groups, "en")),
        "class": given.chosen("class", _classes(policy, "en")),
        "function": given.chosen("function", _functions(policy, "en")),
    }
    slow = bool(given.post.get("long_running"))
    if slow or (known is not None and known.long_running):
        values["long_running"] = True if slow else None
    return edit.put_category(policy.files, code, values)


def _english(name: str, value: str) -> Field:
    return Field(name=name, label=_("Name in English"), value=value, latin=True)


def _pick(name: str, label: str, options: Options, value: str) -> Field:
    return Field(name=name, label=label, kind="select", options=options, value=value)


def _named(table: Mapping[str, Any], lang: str) -> Options:
    return [(code, words.in_(lang)) for code, words in table.items()]


def _classes(policy: CityPolicy, lang: str) -> Options:
    return [(code, one.words.in_(lang)) for code, one in policy.classes.items()]


def _functions(policy: CityPolicy, lang: str) -> Options:
    """Function codes have no names; the unit, or that it is the district's, says what they mean."""
    found = []
    for code, where in policy.organisation.functions.items():
        unit = policy.organisation.units.get(where)
        own = unit.words.in_(lang) if unit else _("the district's own department")
        found.append((code, f"{code} – {own}"))
    return found


def _needed(given: Given, name: str) -> str:
    text = given.text(name)
    if not text:
        raise Wrong(**{name: _("This is needed.")})
    return text


def _some(names: Sequence[str]) -> str:
    more = len(names) - 3
    return listed(names[:3]) + (_(" and %(n)s more") % {"n": fa(more)} if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Part:
    """What a form shows, and what it does with what was typed."""

    title: Callable[[], str]
    build: Callable[[CityPolicy, str, str], list[Group]]
    put: Callable[[CityPolicy, Given], Files]


PARTS: Final = {
    "subjects": Part(lambda: _("A subject"), subject, put_subject),
    "classes": Part(lambda: _("Time allowed by class"), classes, put_classes),
    "stages": Part(lambda: _("Time allowed by stage"), stages, put_stages),
    "routes": Part(lambda: _("Who answers for what"), routes, put_routes),
    "ladders": Part(lambda: _("Who learns of lateness"), ladders, put_ladders),
    "points": Part(lambda: _("Negative points"), points, put_points),
}
