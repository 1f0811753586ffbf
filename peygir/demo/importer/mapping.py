"""MAP.toml: what the columns and values of a foreign file mean here, checked before any row."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import EVIDENCE, HOLDER, SYSTEM

CHANNELS: Final = ("phone", "web", "sms", "email")
COLUMNS: Final = (
    "id", "opened", "target", "closed", "type", "words", "address", "district", "lat", "lon",
    "channel", "outcome",
)  # fmt: skip
NEEDED: Final = ("id", "opened", "words")
TABLES: Final = ("columns", "types", "districts", "channels", "defaults", "closed")
PLAIN: Final = ("name", "zone", "time", "encoding", "delimiter", "language")
NAME_MAX: Final = 40
#: Evidence that an import can honestly give: texts that say where they come from.
GIVEN: Final = frozenset(name for name, shape in EVIDENCE.items() if shape.startswith("paper"))


class MapError(ValueError):
    """A map that cannot be used; says which key and why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")


@dataclass(frozen=True, kw_only=True)
class Map:
    """A checked map. `columns`: our name -> theirs (several columns of `words` are joined).

    `types`: their type -> (category, kind). `steps`: the steps that stand for "closed there".
    """

    name: str
    zone: ZoneInfo
    time: str
    encoding: str
    delimiter: str
    language: str
    columns: Mapping[str, tuple[str, ...]]
    types: Mapping[str, tuple[str, str]]
    districts: Mapping[str, int]
    channels: Mapping[str, str]
    category: str
    kind: str
    channel: str
    district: int | None
    steps: tuple[str, ...]
    text: str


def load(path: Path, policy: CityPolicy) -> Map:
    """The map in `path`, checked against the policy. Raises MapError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise MapError(path.name, str(error.strerror)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MapError(path.name, f"is not TOML: {error}") from error
    for key in data:
        if key not in (*TABLES, *PLAIN):
            raise MapError(key, "unknown key")
    return _map(data, policy)


def _map(data: Mapping[str, Any], policy: CityPolicy) -> Map:
    defaults, closed = _table(data, "defaults"), _table(data, "closed")
    kind = _one(defaults.get("kind", next(iter(policy.kinds))), policy.kinds, "defaults.kind")
    category = defaults.get("category", "")
    if category:
        _one(category, policy.categories, "defaults.category")
    district = defaults.get("district")
    if district is not None:
        _one(district, policy.organisation.districts, "defaults.district")
    steps = tuple(_texts(closed.get("steps", []), "closed.steps"))
    for number, code in enumerate(steps):
        _check_step(policy, code, f"closed.steps[{number}]", last=number == len(steps) - 1)
    return Map(
        name=_name(data),
        zone=_zone(_text(data, "zone")),
        time=str(data.get("time", "%Y-%m-%d %H:%M:%S")),
        encoding=_encoding(str(data.get("encoding", "utf-8"))),
        delimiter=_delimiter(str(data.get("delimiter", ","))),
        language=_one(data.get("language", "fa"), ("fa", "en"), "language"),
        columns=_columns(_table(data, "columns")),
        types={t: _type(t, to, kind, policy) for t, to in _table(data, "types").items()},
        districts={
            theirs: _one(ours, policy.organisation.districts, f"districts.{theirs}")
            for theirs, ours in _table(data, "districts").items()
        },
        channels={
            theirs: _one(ours, CHANNELS, f"channels.{theirs}")
            for theirs, ours in _table(data, "channels").items()
        },
        category=category,
        kind=kind,
        channel=_one(defaults.get("channel", "phone"), CHANNELS, "defaults.channel"),
        district=district,
        steps=steps,
        text=str(closed.get("text", "{outcome}")),
    )


def _check_step(policy: CityPolicy, code: str, key: str, *, last: bool) -> None:
    """An import takes a step only if it can truthfully bring all that the policy asks for."""
    found = [step for stage in policy.stages if (step := policy.step(stage, code))]
    if not found:
        raise MapError(key, f"“{code}” is no step of the policy")
    step = found[0]
    for need in step.needs:
        if need not in GIVEN:
            raise MapError(key, f"“{code}” needs “{need}”, which an import cannot give truthfully")
    if step.approval is not None:
        raise MapError(key, f"“{code}” needs a head's approval, which an import cannot give")
    if not {HOLDER, SYSTEM} & set(step.by):
        raise MapError(key, f"“{code}” is taken neither by the holder nor by the system")
    if step.ending and not last:
        raise MapError(key, f"“{code}” closes the case and must come last")


def _columns(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    for name in given:
        if name not in COLUMNS:
            raise MapError(f"columns.{name}", f"is none of {', '.join(COLUMNS)}")
    for name in NEEDED:
        if name not in given:
            raise MapError(f"columns.{name}", "is missing")
    found = {}
    for name, theirs in given.items():
        several = theirs if isinstance(theirs, list) else [theirs]
        if name != "words" and len(several) != 1:
            raise MapError(f"columns.{name}", "names one column")
        found[name] = tuple(_texts(several, f"columns.{name}"))
    return found


def _type(theirs: str, to: Any, kind: str, policy: CityPolicy) -> tuple[str, str]:
    key = f"types.{theirs}"
    if isinstance(to, Mapping):
        _one(to.get("kind", kind), policy.kinds, f"{key}.kind")
        return _one(to.get("category"), policy.categories, key), str(to.get("kind", kind))
    return _one(to, policy.categories, key), kind


def _name(data: Mapping[str, Any]) -> str:
    name = _text(data, "name")
    if len(name) > NAME_MAX or not name.replace("-", "").replace("_", "").isalnum():
        raise MapError("name", f"has letters, digits, - and _ only, at most {NAME_MAX}")
    return name


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MapError(key, "is missing")
    return value.strip()


def _texts(values: Any, key: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise MapError(key, "is a text or a list of texts")
    return values


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise MapError(key, "is a table")
    return value


def _one(value: Any, allowed: Any, key: str) -> Any:
    if isinstance(value, list | dict) or value not in allowed:
        raise MapError(key, f"“{value}” is not known to the city")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MapError("zone", f"“{name}” is no time zone") from error


def _encoding(name: str) -> str:
    try:
        ascii_alike = "\n;,".encode(name) == b"\n;,"
    except (LookupError, UnicodeError) as error:
        raise MapError("encoding", f"“{name}” is not known") from error
    if not ascii_alike:
        raise MapError("encoding", f"“{name}”: save the file as UTF-8 first")
    return name


def _delimiter(mark: str) -> str:
    if mark not in (",", ";", "\t", "|"):
        raise MapError("delimiter", "is one of , ; | or a tab")
    return mark
