"""Qom's files, to be broken one by one in memory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy

CITIES = Path(__file__).parents[2] / "cities"

Files = dict[str, str]
Edit = Callable[..., Files]


@pytest.fixture(scope="session")
def qom() -> CityPolicy:
    return load_city(CITIES / "qom")


@pytest.fixture(scope="session")
def edit(qom: CityPolicy) -> Edit:
    """`edit(file, (old, new), …)`: Qom's files with each `old` replaced once by its `new`."""

    def edited(file: str, *pairs: tuple[str, str]) -> Files:
        text = qom.files[file]
        for old, new in pairs:
            assert old in text, f"{file} holds no {old!r}"
            text = text.replace(old, new, 1)
        return {**qom.files, file: text}

    return edited


@pytest.fixture(scope="session")
def edited_policy(edit: Edit) -> Callable[..., CityPolicy]:
    def load(file: str, *pairs: tuple[str, str]) -> CityPolicy:
        return load_files("qom", edit(file, *pairs))

    return load
