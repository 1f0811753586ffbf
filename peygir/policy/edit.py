"""Changes a city's files a little: only the value that was meant, comments and layout stay.

Every function takes all files (name -> text) and gives all of them anew. Raises PolicyError with
the place that is not there. Whether the result is sound is for `load` and `check` to say.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from peygir.policy.errors import PolicyError
from peygir.policy.reading import CODE

Files = Mapping[str, str]
Path = tuple[str, ...]

POLICY: Final = "policy.toml"
CATEGORIES: Final = "categories.toml"
ORGANISATION: Final = "organisation.toml"


def put(files: Files, file: str, values: Mapping[Path, Any]) -> dict[str, str]:
    """Set values by their places; None takes a key away. What says the same already stays."""
    document = _parsed(file, files[file])
    for path, value in values.items():
        _put(document, file, path, value)
    return {**files, file: tomlkit.dumps(document)}


def put_classes(files: Files, given: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Time allowed and names (due, fa, en) of classes of work, by code."""
    values: dict[Path, Any] = {
        ("classes", code, name): value for code, one in given.items() for name, value in one.items()
    }
    return put(files, POLICY, values)


def put_stage_dues(files: Files, given: Mapping[str, str]) -> dict[str, str]:
    """Time allowed in stages, by code: a span, or "class"."""
    return put(files, POLICY, {("stages", code, "due"): due for code, due in given.items()})


def put_routes(files: Files, given: Mapping[str, str]) -> dict[str, str]:
    """Who answers for functions: "district" (each district's own department) or one unit."""
    return put(files, ORGANISATION, {("functions", name): where for name, where in given.items()})


def put_ladder(
    files: Files, name: str, rungs: Sequence[tuple[str, str]], repeat: str
) -> dict[str, str]:
    """The rungs (after, who is told) of `ladder` or `citizen_clock`, and how often it repeats."""
    rows = [{"after": after, "told": told} for after, told in rungs]
    return put(files, POLICY, {(name, "rungs"): rows, (name, "repeat"): repeat})


def put_points(files: Files, *, breach: int, rung: int) -> dict[str, str]:
    """Negative points; another value is another version of the rule."""
    points = _parsed(POLICY, files[POLICY])["points"]
    if (points["breach"], points["rung"]) == (breach, rung):
        return dict(files)
    given = {"version": int(points["version"]) + 1, "breach": breach, "rung": rung}
    return put(files, POLICY, {("points", name): value for name, value in given.items()})


def put_category(files: Files, code: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Change a subject (keys of categories.toml), or add it at the end when it is new."""
    document = _parsed(CATEGORIES, files[CATEGORIES])
    if code in document.get("categories", {}):
        at: Path = ("categories", code)
        return put(files, CATEGORIES, {(*at, name): value for name, value in given.items()})
    if not CODE.fullmatch(code):
        reason = "a code is made of Latin letters, digits, - and _"
        raise PolicyError(CATEGORIES, f"categories.{code}", reason)
    lines = [f"{name} = {_shown(value)}" for name, value in given.items() if value is not None]
    added = "\n".join([f"[categories.{code}]", *lines])
    return {**files, CATEGORIES: f"{files[CATEGORIES].rstrip()}\n\n{added}\n"}


def again(files: Files, mark: str) -> dict[str, str]:
    """The same policy as a version of its own: `mark` stands as a comment at the end."""
    return {**files, POLICY: f"{files[POLICY].rstrip()}\n\n# {mark}\n"}


def _parsed(file: str, text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise PolicyError(file, "", f"is not TOML: {str(error).splitlines()[0]}") from error


def _put(document: tomlkit.TOMLDocument, file: str, path: Path, value: Any) -> None:
    at: Any = document
    for step in path[:-1]:
        if step not in at:
            raise PolicyError(file, ".".join(path), "is missing")
        at = at[step]
    name = path[-1]
    if value is None:
        at.pop(name, None)
    elif name not in at or at[name] != value:
        at[name] = _inline(value)


def _inline(value: Any) -> Any:
    """Lists of tables stay on one line, as the cities' files write them."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return value
    rows = tomlkit.array()
    for each in value:
        row = tomlkit.inline_table()
        row.update(each)
        rows.append(row)
    return rows


def _shown(value: Any) -> str:
    return str(tomlkit.item(value).as_string())
