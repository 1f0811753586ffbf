"""What the simulated citizens and officials say, from `demo.toml` in the city's folder.

`[accounts]`, `[messages]`, `[places.districts]`, `[results]` and `[bodies]` may be left out: then
every role has an account, every category comes equally often in its own words, the districts lie in
rows on the map, `[texts] result` is what units report, and outside bodies are told by their names.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil, sqrt
from pathlib import Path
from random import Random
from typing import Any

from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import ROLES

FILE = "demo.toml"
URGENT = 0.03  # share of reports on a ground of urgency, where the city has such a lane


class NoTexts(LookupError):
    """The city has no demo.toml, or it lacks something; the text says what."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """One city's demo words. `says`: category code -> messages; `weights`: how often each comes;
    `bodies`: category or group -> outside body -> words by which citizens mean it."""

    phones: str
    accounts: Mapping[str, str]
    names: Mapping[str, Sequence[Sequence[str]]]
    streets: Sequence[str]
    marks: Sequence[str]
    places: Mapping[int, tuple[float, float]]
    says: Mapping[str, Sequence[str]]
    weights: Mapping[str, int]
    results: Mapping[str, Sequence[str]]
    texts: Mapping[str, Sequence[str]]
    chances: Mapping[str, float]
    kinds: Mapping[str, float]
    bodies: Mapping[str, Mapping[str, Sequence[str]]]
    urgent: float

    def message(self, rng: Random, category: str) -> tuple[str, str]:
        """A citizen's words about `category`, and the address that they give."""
        street, mark = rng.choice(self.streets), rng.choice(self.marks)
        words = rng.choice(self.says[category]).format(street=street, mark=mark)
        return words, f"{street}، {mark}"

    def pick(self, rng: Random, name: str) -> str:
        return rng.choice(self.texts[name])

    def result(self, rng: Random, policy: CityPolicy, category: str) -> str:
        group = policy.categories[category].group if category else ""
        found = self.results.get(group) or next(iter(self.results.values()), None)
        return rng.choice(found or self.texts["result"])

    def body_words(self, policy: CityPolicy, category: str) -> Mapping[str, Sequence[str]]:
        """Outside bodies for `category`, or else for its group, with words; {} without any."""
        group = policy.categories[category].group
        return self.bodies.get(category) or self.bodies.get(group) or {}

    def person(self, rng: Random) -> tuple[str, str]:
        """A name in Persian and in English."""
        first = rng.choice(self.names[rng.choice(("women", "men"))])
        last = rng.choice(self.names["family"])
        return f"{first[0]} {last[0]}", f"{first[1]} {last[1]}"


def load(folder: Path, policy: CityPolicy) -> Texts:
    """The texts in `folder`. Raises NoTexts naming what is missing or unknown to the policy."""
    try:
        data: dict[str, Any] = tomllib.loads((folder / FILE).read_text("utf-8"))
        made = _texts(data, policy)
    except FileNotFoundError:
        raise NoTexts(f"{folder.name}/{FILE} is missing: a city needs it for its demo.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoTexts(f"{folder.name}/{FILE} is not TOML: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoTexts(f"{folder.name}/{FILE}: {type(error).__name__} at {error}") from error
    if not made.results and not made.texts.get("result"):
        raise NoTexts(f"{folder.name}/{FILE}: [results] or [texts] result is missing")
    for name, known, used in (
        ("messages", policy.categories, made.says),
        ("places.districts", policy.organisation.districts, made.places),
        ("results", policy.groups, made.results),
    ):
        if unknown := set(used) - set(known):
            raise NoTexts(f"{folder.name}/{FILE}: {name} names unknown {min(map(str, unknown))}")
    steps = {code for stage in policy.stages.values() for code in stage.steps} | {*policy.anywhere}
    steps |= {f"{stage.code}.{code}" for stage in policy.stages.values() for code in stage.steps}
    for name, known_words, used_words in (
        ("chances", steps, made.chances),
        ("kinds", policy.kinds, made.kinds),
        ("bodies", {*policy.categories, *policy.groups}, made.bodies),
        ("bodies", policy.organisation.outside_bodies, {*chain(*made.bodies.values())}),
    ):
        if unknown_words := set(used_words) - set(known_words):
            raise NoTexts(f"{folder.name}/{FILE}: {name} names unknown {min(unknown_words)}")
    if unknown_posts := set(made.accounts.values()) - set(policy.organisation.posts):
        raise NoTexts(f"{folder.name}/{FILE}: accounts names unknown {min(unknown_posts)}")
    return replace(made, accounts=every_role(policy, made.accounts))


def every_role(policy: CityPolicy, accounts: Mapping[str, str]) -> dict[str, str]:
    """`accounts`, and one more for each role of the policy that none of them has.

    The post with fewest roles besides is taken, so that the account shows what that role sees.
    """
    found = dict(accounts)
    posts = policy.organisation.posts
    for role in ROLES:
        if any(role in posts[post].roles for post in found.values()):
            continue
        able = [post for post in posts.values() if role in post.roles]
        if able:
            post = min(able, key=lambda one: (len(one.roles), one.head))
            found.setdefault(role.replace("_", "-"), post.code)
    return found


def _texts(data: Mapping[str, Any], policy: CityPolicy) -> Texts:
    places = data["places"]
    districts = places["districts"] if "districts" in places else _districts(policy)
    messages = data["messages"] if "messages" in data else _messages(policy)
    return Texts(
        phones=data["phones"],
        accounts=data.get("accounts", {}),
        names=data["names"],
        streets=places["streets"],
        marks=places["marks"],
        places={int(n): (float(at[0]), float(at[1])) for n, at in districts.items()},
        says={code: each["says"] for code, each in messages.items()},
        weights={code: int(each["weight"]) for code, each in messages.items()},
        results=data.get("results", {}),
        texts=data["texts"],
        chances={code: float(each) for code, each in data.get("chances", {}).items()},
        kinds={code: float(each) for code, each in data.get("kinds", {}).items()},
        bodies={
            code: {body: tuple(words) for body, words in each.items()}
            for code, each in data.get("bodies", {}).items()
        },
        urgent=float(data.get("urgent", URGENT)),
    )


def _messages(policy: CityPolicy) -> dict[str, Any]:
    """Each category as often as any other, said in its own name and in the words people use."""
    found = {}
    for code, category in policy.categories.items():
        plain = category.words.fa.replace("{", "").replace("}", "")
        says = [f"{plain}: {{street}}، {{mark}}", f"{plain} {{mark}} در {{street}}؛ رسیدگی کنید"]
        found[code] = {"weight": 1, "says": says}
    return found


def _districts(policy: CityPolicy) -> dict[str, Any]:
    """The middle of each district, in rows that fill the map of city.toml."""
    numbers = sorted(policy.organisation.districts)
    south, west, north, east = _box(policy)
    columns = ceil(sqrt(len(numbers)))
    rows = ceil(len(numbers) / columns)
    return {
        str(number): (
            north - (north - south) * (index // columns + 0.5) / rows,
            west + (east - west) * (index % columns + 0.5) / columns,
        )
        for index, number in enumerate(numbers)
    }


def _box(policy: CityPolicy) -> tuple[float, float, float, float]:
    shown: Any = policy.city["map"]
    south, west, north, east = shown["bbox"]
    return float(south), float(west), float(north), float(east)
