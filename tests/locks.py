"""Whether requirements/*.txt still are the lock of pyproject.toml: `python -m tests.locks`.

Every package that pyproject.toml asks for is pinned within what it allows; every entry carries
digests; what `./run` installs is a part of what `./test` installs, in the same versions; and no
line says where packages come from. Only packages asked for directly are compared with
pyproject.toml; the rest is the resolver's.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]
ADDRESS: Final = re.compile(r"://|^\s*-(?!-hash=)|\s@\s", re.MULTILINE)
DIGEST: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")


@dataclass(frozen=True)
class Pin:
    """One entry: its version as written, and how many digests it carries."""

    version: str
    digests: int


def main() -> int:
    """Print what differs; 1 when anything does."""
    texts = {
        name: (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        for name in ("setup", "dev")
    }
    found = differences(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")), texts)
    for words in found:
        print(words)
    return 1 if found else 0


def differences(project: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """What is wrong with the lists, one sentence each. `texts`: group to content of its file."""
    pins = {group: _pins(text) for group, text in texts.items()}
    found = []
    for group, text in texts.items():
        file = f"requirements/{group}.txt"
        found += [f"{file}: says where from: {line}" for line in _addresses(text)]
        found += [
            f"{file}: {name} has no digest" for name, pin in pins[group].items() if not pin.digests
        ]
        found += [f"{file}: {words}" for words in _unmet(_wanted(project, group), pins[group])]
    for name, pin in pins["setup"].items():
        other = pins["dev"].get(name)
        if other is None or other.version != pin.version:
            there = other.version if other else "nothing"
            found.append(f"{name}: {pin.version} in setup.txt, {there} in dev.txt")
    return found


def _pins(text: str) -> dict[str, Pin]:
    """Canonical name -> its entry."""
    pins: dict[str, Pin] = {}
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for entry in "\n".join(lines).replace("\\\n", " ").splitlines():
        words = entry.split(" --hash=")[0].strip()
        if words and not words.startswith("-"):
            requirement = Requirement(words)
            exact = [each.version for each in requirement.specifier if each.operator == "=="]
            version = exact[0] if len(requirement.specifier) == len(exact) == 1 else ""
            pins[canonicalize_name(requirement.name)] = Pin(version, len(DIGEST.findall(entry)))
    return pins


def _addresses(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line.strip() for line in lines if ADDRESS.search(line)]


def _wanted(project: Mapping[str, Any], group: str) -> Iterator[Requirement]:
    """What the project and the group ask for, with the groups that it includes."""
    yield from map(Requirement, project["project"]["dependencies"])
    yield from _of_group(project["dependency-groups"], group)


def _of_group(groups: Mapping[str, Any], group: str) -> Iterator[Requirement]:
    for entry in groups[group]:
        if isinstance(entry, str):
            yield Requirement(entry)
        else:
            yield from _of_group(groups, entry["include-group"])


def _unmet(wanted: Iterator[Requirement], pins: Mapping[str, Pin]) -> list[str]:
    found = []
    for requirement in wanted:
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None:
            found.append(f"{requirement.name} is missing")
        elif not pin.version:
            found.append(f"{requirement.name} is not pinned to one version")
        elif not requirement.specifier.contains(pin.version, prereleases=True):
            found.append(f"{requirement.name} {pin.version} is not {requirement.specifier}")
    return found


if __name__ == "__main__":
    sys.exit(main())
