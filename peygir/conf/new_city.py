"""Makes the folder of a new city out of the template."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from peygir.calendars.persian import to_persian_digits
from peygir.policy.errors import PolicyError
from peygir.policy.parse_organisation import DISTRICTS_MAX
from peygir.policy.reading import CODE

SAMPLE = {"fa": "شهر نمونه", "en": "Sample City"}  # what cities/_template calls itself
NAME_MAX = 60  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCity:
    """What must be known of a city to begin: its folder's name, its names, how many districts."""

    code: str
    fa: str
    en: str
    districts: int

    def faults(self) -> list[str]:
        """What is wrong with it, in sentences that say what to do."""
        found = []
        if not CODE.fullmatch(self.code):
            found.append(f"“{self.code}” is no name for a folder: Latin letters, digits, - and _")
        found += [
            f"“{name}” is no name for a city: 1 to {NAME_MAX} characters, no quotes"
            for name in (self.fa, self.en)
            if not name.strip() or len(name) > NAME_MAX or set(name) & {'"', "\\", "\n"}
        ]
        if not 1 <= self.districts <= DISTRICTS_MAX:
            found.append(f"a city has 1 to {DISTRICTS_MAX} districts, not {self.districts}")
        return found


def make(city: NewCity, cities: Path) -> Path:
    """Copy the template to `cities/<code>` under the city's own names; gives the folder.

    Raises PolicyError when a name is wrong or the folder is there already; nothing is left then.
    """
    folder = cities / city.code
    faults = city.faults()
    if not faults and folder.exists():
        faults = [f"cities/{city.code} is there already; choose another name or change its files"]
    if faults:
        raise PolicyError("city.toml", "", "; ".join(faults))
    shutil.copytree(cities / "_template", folder)
    for path in folder.glob("*.toml"):
        text = path.read_text("utf-8").replace(SAMPLE["fa"], city.fa)
        path.write_text(text.replace(SAMPLE["en"], city.en), "utf-8")
    _districts(folder / "organisation.toml", city.districts)
    return folder


def _districts(path: Path, count: int) -> None:
    lines = [
        f'{n} = {{ fa = "منطقهٔ {to_persian_digits(str(n))}", en = "District {n}" }}'
        for n in range(1, count + 1)
    ]
    text = re.sub(
        r"(?m)^\[districts\]\n(?:\d+ = .*\n)+",
        lambda _: "[districts]\n" + "\n".join(lines) + "\n",
        path.read_text("utf-8"),
    )
    path.write_text(text, "utf-8")
