"""A simulated city: what it knows, and how its citizens report, all through real acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, radians
from random import Random
from typing import Any, Final

from django.db import transaction

from peygir.cases import acts, register
from peygir.cases.refusals import NotAllowed, WrongStage
from peygir.cases.state import CaseState
from peygir.demo import pictures
from peygir.demo.cast import Cast
from peygir.demo.texts import Texts
from peygir.ledger.entry import CITIZEN, Actor
from peygir.ledger.ids import RANDOM_BITS
from peygir.people import contacts, photos
from peygir.policy.model import CityPolicy

#: How many of a day's reports come in each local hour, relative to each other.
HOURS: Final = (
    2,
    1,
    1,
    1,
    1,
    3,
    8,
    16,
    26,
    30,
    30,
    28,
    24,
    18,
    15,
    15,
    17,
    20,
    23,
    22,
    18,
    13,
    8,
    4,
)
WEEKDAYS: Final = (1.15, 1.1, 1.05, 1.0, 1.0, 0.8, 0.55)  # from Saturday on
CHANNELS: Final = {"phone": 62, "web": 24, "sms": 10, "email": 1}
KINDS: Final = {"request": 56, "report": 26, "complaint": 14}  # any other kind: KIND_ELSE
KIND_ELSE: Final = 2.0
PLACE_SPREAD_M: Final = 900
RECENT_MAX: Final = 40  # cases of one place and subject that a report may turn out to repeat


@dataclass
class Town:
    """One policy with its people and words; `rng` decides everything, so a seed repeats a city."""

    policy: CityPolicy
    texts: Texts
    cast: Cast
    rng: Random
    recent: dict[tuple[int | None, str], list[int]] = field(default_factory=dict)
    moods: dict[str, float] = field(default_factory=dict)

    def share(self, probability: float) -> bool:
        return self.rng.random() < probability

    def mood(self, unit: str) -> float:
        """How slow a district or organisation is: 0.55 (quick) to 1.5; the same for all a run."""
        scored = self.policy.organisation.scored(unit)
        return self.moods.setdefault(scored, self.rng.uniform(0.55, 1.5))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.policy.calendar.tz)

    def arrivals(self, hour: datetime, per_day: float) -> int:
        """How many reports come in the hour that starts at `hour`."""
        local = self.local(hour)
        weekday = WEEKDAYS[(local.weekday() + 2) % 7]
        mean = per_day * weekday * HOURS[local.hour] / sum(HOURS)
        return int(mean) + self.share(mean % 1)

    def arrive(self, at: datetime) -> CaseState | None:
        """Somebody reports something. None: it joined a case that was open already."""
        category = self.rng.choices(list(self.texts.weights), list(self.texts.weights.values()))[0]
        district = self.rng.choice(list(self.texts.places))
        channel = _one_of(self.rng, CHANNELS)
        place = (district, category)
        if self.recent.get(place) and self.share(0.25) and self.join(place, channel, at):
            return None
        state = self._register(category, district, channel, at)
        if state.sealed:
            return state
        self.recent.setdefault(place, []).append(state.id)
        del self.recent[place][:-RECENT_MAX]
        return state

    def join(self, place: tuple[int | None, str], channel: str, at: datetime) -> bool:
        """One more citizen about the newest open case of `place`."""
        case_id = self.recent[place][-1]
        actor = CITIZEN if channel == "web" else self.operator()
        try:
            with transaction.atomic():
                contacts.meet(
                    case_id,
                    self.caller(),
                    {},  # the same, and nothing to add
                    channel=channel,
                    language="fa",
                    actor=actor,
                    at=at,
                    first=False,
                )
                acts.join(policy=self.policy, case_id=case_id, actor=actor, at=at, channel=channel)
        except WrongStage:  # it is closed by now
            self.recent[place].pop()
            return False
        return True

    def caller(self) -> contacts.Caller:
        name = self.texts.person(self.rng)[0]
        return contacts.Caller(
            phone=f"{self.texts.phones}{self.rng.randrange(10_000):04}", name=name
        )

    def picture(self, case_id: int, group: str, kind: str, actor: Actor, at: datetime) -> int:
        """Store a drawn picture; gives its id."""
        drawn = pictures.picture(
            pictures.fault_of(group), self.rng.randrange(pictures.VARIANTS), mended=kind == "after"
        )
        return photos.keep(case_id, drawn, kind=kind, actor=actor, at=at).id

    def _register(self, category: str, district: int, channel: str, at: datetime) -> CaseState:
        words, address = self.texts.message(self.rng, category)
        actor = CITIZEN if channel in ("web", "sms") else self.operator()
        case_id = id_at(at, self.rng)
        unsure = channel == "sms" or self.share(0.02)  # then reception sorts it
        group = self.policy.categories[category].group
        shown = channel == "web" and self.share(0.55)
        lat_e6, lon_e6 = self._point(district)
        kind = _one_of(self.rng, self.kinds())
        sealed = self.policy.kinds[kind].sealed
        unsure = unsure or sealed  # what is sealed is filed under no subject and no place
        report = register.Report(
            words=words,
            address=address,
            channel=channel,
            kind=kind,
            urgent="" if sealed else self._ground(),
            **self._about(kind),
            category="" if unsure else category,
            district=None if unsure else district,
            lat_e6=None if unsure else lat_e6,
            lon_e6=None if unsure else lon_e6,
            caller=None if self.share(0.04) else self.caller(),
            photos=[self.picture(case_id, group, "report", actor, at)]
            if shown and not sealed
            else (),
            case_id=case_id,
            simulated=True,
        )
        return register.register(policy=self.policy, report=report, actor=actor, at=at).case

    def operator(self) -> Actor:
        """Somebody who takes calls."""
        found = self.cast.role("reception", self.rng)
        if found is None:
            raise NotAllowed("reception")
        return found

    def kinds(self) -> dict[str, float]:
        """How often each kind of voice comes; what is about a case only once there are some."""
        said = self.texts.kinds
        return {
            code: said.get(code, KINDS.get(code, KIND_ELSE))
            for code, kind in self.policy.kinds.items()
            if kind.about != "case" or self.recent
        }

    def _ground(self) -> str:
        urgent = self.policy.urgent
        if urgent is None or not self.share(self.texts.urgent):
            return ""
        return self.rng.choice(list(urgent.grounds))

    def _about(self, kind: str) -> dict[str, Any]:
        """What a voice of this kind names besides its words."""
        org = self.policy.organisation
        match self.policy.kinds[kind].about:
            case "case":
                return {
                    "about_case": self.rng.choice([c for ids in self.recent.values() for c in ids])
                }
            case "post":
                heads = [p.code for p in org.posts.values() if "executive_head" in p.roles]
                return {"about_post": self.rng.choice(heads)} if heads else {}
            case "unit":
                units = [u.code for u in org.units.values() if u.function]
                return {"about_unit": self.rng.choice(units)} if units else {}
            case _:
                return {}

    def _point(self, district: int) -> tuple[int, int]:
        lat, lon = self.texts.places[district]
        north, east = (self.rng.gauss(0, PLACE_SPREAD_M / 2) for _ in range(2))
        lat += north / 111_320
        lon += east / (111_320 * cos(radians(lat)))
        return round(lat * 1e6), round(lon * 1e6)


def id_at(at: datetime, rng: Random) -> int:
    """An identifier as `ledger.ids.new_id` would have made it at `at`."""
    return int(at.timestamp() * 1000) << RANDOM_BITS | rng.getrandbits(RANDOM_BITS)


def minutes(low: float, high: float, rng: Random) -> timedelta:
    return timedelta(minutes=rng.uniform(low, high))


def _one_of(rng: Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
