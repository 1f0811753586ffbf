"""Makes one `CityPolicy` of a city's files. Whatever is wrong with them is a `PolicyError`."""

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from peygir.calendars.errors import CalendarError
from peygir.calendars.iran import load_calendar
from peygir.calendars.working import WorkingCalendar
from peygir.policy.errors import PolicyError
from peygir.policy.knowledge import read_knowledge
from peygir.policy.model import CityPolicy
from peygir.policy.parse_categories import Known, read_categories
from peygir.policy.parse_city import TEXT_FILES, read_city, read_texts
from peygir.policy.parse_organisation import read_organisation
from peygir.policy.parse_overlays import Known as Nameable
from peygir.policy.parse_overlays import read_overlays
from peygir.policy.parse_stages import Flow, read_flow
from peygir.policy.reading import CODE, Table
from peygir.policy.vocabulary import EVERY_UNIT, HOLDERS

__all__ = ["FILES", "OPTIONAL", "PolicyError", "digest_of", "load_city", "load_files"]

FILES: Final = (
    "calendar.toml",
    "categories.toml",
    "city.toml",
    "organisation.toml",
    "policy.toml",
    *TEXT_FILES.values(),
)
# A city that has prepared nothing leaves these out.
OPTIONAL: Final = ("knowledge.toml", "overlays.toml")
SIZE_MAX: Final = 1_000_000  # bytes of one file


def load_city(path: Path) -> CityPolicy:
    """The policy in the folder `path`; its name is the folder's. Raises PolicyError."""
    files = {}
    for name in (*FILES, *(name for name in OPTIONAL if (path / name).exists())):
        try:
            files[name] = (path / name).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise PolicyError(
                name, "", f"cannot be read from {path.name}: {_reason(error)}"
            ) from error
    return load_files(path.name, files)


def load_files(name: str, files: Mapping[str, str]) -> CityPolicy:
    """The policy that these texts say, by file name (`FILES`, also `OPTIONAL`).

    The same texts give the same value: a policy never changes. Raises PolicyError.
    """
    return _load(name, tuple(files.items()))


@lru_cache(maxsize=16)
def _load(name: str, items: tuple[tuple[str, str], ...]) -> CityPolicy:
    files = dict(items)
    if not CODE.fullmatch(name.removeprefix("_")):  # _template is no city, yet must be sound
        raise PolicyError("city.toml", "", f"“{name}” is no name for a city's folder")
    tables = _tables(files)
    flow = read_flow(tables["policy.toml"])
    organisation = read_organisation(tables["organisation.toml"], frozenset(flow.classes))
    _check_holders(flow, frozenset(organisation.units))
    groups, categories = read_categories(
        tables["categories.toml"],
        Known(classes=frozenset(flow.classes), functions=frozenset(organisation.functions)),
    )
    words = read_city(tables["city.toml"])
    _check_office(tables["city.toml"], frozenset(organisation.units))
    return CityPolicy(
        name=name,
        digest=digest_of(files),
        files=dict(files),
        city=tables["city.toml"].data,
        words=words,
        calendar=_calendar(tables["calendar.toml"]),
        kinds=flow.kinds,
        classes=flow.classes,
        groups=groups,
        categories=categories,
        stages=flow.stages,
        anywhere=flow.anywhere,
        after_closing=flow.after_closing,
        start=flow.start,
        start_unsorted=flow.start_unsorted,
        endings=flow.endings,
        ladder=flow.ladder,
        citizen_ladder=flow.citizen_ladder,
        pauses=flow.pauses,
        redial=flow.redial,
        points=flow.points,
        scores=flow.scores,
        inspections_weekly=flow.inspections_weekly,
        organisation=organisation,
        urgent=flow.urgent,
        impartial=flow.impartial,
        texts=read_texts({language: tables[file] for language, file in TEXT_FILES.items()}),
        articles=read_knowledge(
            tables["knowledge.toml"], categories=categories, bodies=organisation.outside_bodies
        ),
        overlays=read_overlays(tables["overlays.toml"], _nameable(flow, categories)),
    )


def _nameable(flow: Flow, categories: Collection[str]) -> Nameable:
    return Nameable(
        classes=flow.classes, stages=flow.stages, categories=categories, pauses=flow.pauses
    )


def _tables(files: Mapping[str, str]) -> dict[str, Table]:
    for file in files:
        if file not in (*FILES, *OPTIONAL):
            raise PolicyError(file, "", "is no file of a policy")
    for file in FILES:
        if file not in files:
            raise PolicyError(file, "", "is missing")
    return {file: _parsed(file, files.get(file, "")) for file in (*FILES, *OPTIONAL)}


def _parsed(file: str, text: str) -> Table:
    if len(text.encode("utf-8", "replace")) > SIZE_MAX:
        raise PolicyError(file, "", f"is larger than {SIZE_MAX} bytes")
    try:
        return Table(file, "", tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        # A TOML error is a ValueError; nesting without end is a RecursionError.
        raise PolicyError(file, "", f"is not TOML: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or "not readable").lower()
    return str(error).splitlines()[0]


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over each file's name, length and bytes, in the order of names (hex)."""
    digest = sha256()
    for name in sorted(files):
        content = files[name].encode()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _check_holders(flow: Flow, units: frozenset[str]) -> None:
    for stage in flow.stages.values():
        if stage.holder not in HOLDERS and stage.holder not in units:
            raise PolicyError(
                "policy.toml",
                f"stages.{stage.code}.holder",
                f"“{stage.holder}” is neither “routing” nor a unit of organisation.toml",
            )
    for unit in flow.impartial:
        if unit not in units:
            raise PolicyError("policy.toml", "impartial", f"there is no unit “{unit}”")


def _check_office(city: Table, units: frozenset[str]) -> None:
    for unit in city.table("office").texts("units") if city.has("office") else ():
        if unit not in units and unit != EVERY_UNIT:
            raise PolicyError("city.toml", "office.units", f"there is no unit “{unit}”")


def _calendar(table: Table) -> WorkingCalendar:
    try:
        return load_calendar(table.data)
    except CalendarError as error:
        reason = str(error).removeprefix(f"{error.key}: ")
        raise PolicyError(table.file, error.key, reason) from error
