"""Plays a city's scenarios: stories in `cities/<city>/scenarios/*.toml`, told by real acts.

A file has `title`, `source`, `[case]` (fields of `cases.register.Report`; `at` is a local time of
the city), maybe `[earlier]` (an earlier case that this one is about) and `[[story]]` entries, each
one sentence of the source:

    says = "…"             the sentence            proves = ["Q7"]   requirements that it proves
    after = "20h"          time that passes (wall clock; m, h, d); deadlines fire as it passes
    by = "holder"          holder, head, co_unit, expert, citizen, system, a role, or a post code
    track = "letter"       the track that the step belongs to; its holder is then “holder”
    step = "satisfied"     a step of the policy, or: inspect, approve, refuse, pause, join, and
                           invite, uninvite (post = "…": a member of the council)
    evidence = {…}         codes and numbers; "+10d" is an instant that long from now
    texts = {…}            evidence in words       found = "done"    what an inspection found
    refused = "…"          the act must be refused with this code
    expect = {…}           stage, unit, status, ending, cycle, satisfied, reporters, open; and
                           post, urgent, tracks = tracks that run, climbs = posts climbed to,
                           hidden_from and seen_by = posts that may not and may see the case,
                           told = posts told since the last sentence, points = {unit = sum},
                           tells = texts that citizens were sent since the last sentence
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Min

from peygir.calendars.durations import parse
from peygir.cases import acts, register, store, sweep
from peygir.cases.models import Case, Clock
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.cases.refusals import Refused
from peygir.cases.state import CaseState, ReferralState
from peygir.ledger import read
from peygir.ledger.entry import CITIZEN, SYSTEM, Actor, Recorded
from peygir.ledger.ids import new_id
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy
from tests.city import filling, staff_of

STATE = (
    "stage", "unit", "status", "ending", "cycle", "satisfied", "reporters", "returns", "objections",
    "category", "class_code", "executive_unit", "post", "urgent", "sealed",
)  # fmt: skip


class Failed(AssertionError):
    """A sentence did not come true; names file and line."""


@dataclass
class Scene:
    """One sentence with the line on which it stands."""

    line: int
    data: Mapping[str, Any]


@dataclass
class Scenario:
    path: Path
    case: Mapping[str, Any]
    earlier: Mapping[str, Any] | None = None
    scenes: list[Scene] = field(default_factory=list)

    @property
    def requirements(self) -> list[str]:
        found = {r for scene in self.scenes for r in scene.data.get("proves", [])}
        return sorted(found, key=lambda r: (r[0], int(r[1:])))


def load(path: Path) -> Scenario:
    """The scenario in `path`. Raises Failed when it is no scenario."""
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
        lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[story]]"]
        scenes = [Scene(n, each) for n, each in zip(lines, data["story"], strict=True)]
        return Scenario(path, data["case"], data.get("earlier"), scenes)
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise Failed(f"{path.parent.parent.name}/{path.name}:1: is no scenario: {error}") from error


class Player:
    """One run of a scenario: the case, and the time that moves."""

    def __init__(self, policy: CityPolicy, scenario: Scenario) -> None:
        self.policy, self.scenario = policy, scenario
        given = dict(scenario.case)
        zone = ZoneInfo(policy.calendar.zone)
        self.at: datetime = given.pop("at").replace(tzinfo=zone)
        caller = Caller(phone=given.pop("phone", "+989000000137"), name=given.pop("name", ""))
        by = self.actor(given.pop("by", "reception"), None)
        if scenario.earlier is not None:
            before = register.Report(**({"caller": caller} | dict(scenario.earlier)))
            when = self.at - timedelta(days=1)
            first = register.register(policy=policy, report=before, actor=by, at=when)
            given["about_case"] = first.case.id
        report = register.Report(**({"caller": caller} | given))
        done = register.register(policy=policy, report=report, actor=by, at=self.at)
        self.id, self.seen = done.case.id, done.event.id - 1

    def play(self) -> None:
        """Every sentence in turn. Raises Failed with file and line."""
        for scene in self.scenario.scenes:
            where = f"{self.policy.name}/scenarios/{self.scenario.path.name}:{scene.line}"
            try:
                self.scene(scene.data)
            except Refused as refused:
                said = f"{type(refused).__name__} {refused.args}"
                raise Failed(
                    f"{where}: {scene.data.get('says', '')}\n  refused: {said}"
                ) from refused
            except AssertionError as error:
                raise Failed(f"{where}: {scene.data.get('says', '')}\n  {error}") from error
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Failed(f"{where}: {type(error).__name__}: {error}") from error

    def scene(self, data: Mapping[str, Any]) -> None:
        if "after" in data:
            self.wait(parse(data["after"]).amount)
        if "step" in data:
            self.act(data)
        self.check(data.get("expect", {}))

    def wait(self, span: timedelta) -> None:
        """Time passes hour by hour, and what falls due fires then.

        Hours in which nothing falls due are passed over: nothing would happen in them.
        """
        until = self.at + span
        while self.at < until:
            due = min(filter(None, _dues()), default=until)
            hours = max(1, math.ceil((due - self.at) / timedelta(hours=1)))
            self.at = min(self.at + timedelta(hours=hours), until)
            sweep.drain(at=self.at)

    def act(self, data: Mapping[str, Any]) -> None:
        wanted = data.get("refused")
        try:
            self.take(data)
        except Refused as refused:
            assert wanted, f"refused: {refused.code} {refused.args}"
            assert wanted == refused.code, f"refused with {refused.code}, not {wanted}"
            return
        assert wanted is None, f"was not refused ({wanted} expected)"

    def take(self, data: Mapping[str, Any]) -> None:
        step, state = data["step"], self.state()
        own = next((r for r in state.open_co if r.stage == data.get("track")), None)
        assert own or "track" not in data, f"no track “{data['track']}” runs"
        actor = self.actor(data.get("by", "holder"), state, own)
        common: dict[str, Any] = {
            "policy": self.policy, "case_id": self.id, "actor": actor, "at": self.at,
        }  # fmt: skip
        match step:
            case "inspect":
                acts.inspect(inspection=new_id(), found=data["found"], **common)
            case "approve":
                acts.approve(**common)
            case "refuse":
                acts.refuse(reason=data["texts"]["refusal_reason"], **common)
            case "pause":
                until = self.at + parse(data["for"]).amount
                acts.pause(reason=data["reason"], until=until, **common)
            case "invite" | "uninvite":
                give = {"invite": acts.invite, "uninvite": acts.uninvite}[step]
                give(post=self.post(data["post"]), **common)
            case "join":
                acts.join(channel=data.get("channel", "phone"), **common)
            case "merge":
                other = self.other()
                acts.merge(policy=self.policy, case_id=self.id, into=other, actor=actor, at=self.at)
            case _:
                evidence = {n: self.value(v) for n, v in data.get("evidence", {}).items()}
                texts, number = data.get("texts", {}), own.number if own else None
                acts.act(step=step, evidence=evidence, texts=texts, referral=number, **common)

    def other(self) -> int:
        """An open case of the same event, reported by somebody else just before."""
        given = {
            k: v for k, v in self.scenario.case.items() if k in ("words", "category", "district")
        }
        report = register.Report(channel="phone", caller=Caller(phone="+989000000138"), **given)
        return register.register(
            policy=self.policy, report=report, actor=SYSTEM, at=self.at - timedelta(minutes=5)
        ).case.id

    def actor(self, who: str, state: CaseState | None, own: ReferralState | None = None) -> Actor:
        organisation = self.policy.organisation
        if who == "citizen":
            return CITIZEN
        if who == "system":
            return SYSTEM
        if who in organisation.posts:
            return filling(self.policy, who)
        if who in ("holder", "head", "expert"):
            assert state is not None
            if who == "holder" and not own and state.post:
                return filling(self.policy, state.post)
            return staff_of(self.policy, own.unit if own else state.unit, head=who == "head")
        if who == "co_unit":
            assert state is not None
            return staff_of(self.policy, state.open_co[0].unit)
        return filling(self.policy, self.post(who))

    def post(self, who: str) -> str:
        """A post by its code, or the first with the role that is not its unit's head."""
        posts = self.policy.organisation.posts
        if who in posts:
            return who
        return next(
            p.code
            for p in posts.values()
            if who in p.roles
            and not (p.head and any(q.unit == p.unit and not q.head for q in posts.values()))
        )

    def value(self, given: Any) -> Any:
        if isinstance(given, str) and given.startswith("+") and given[1:2].isdigit():
            return int((self.at + parse(given[1:]).amount).timestamp())
        if isinstance(given, Mapping):
            return {name: self.value(each) for name, each in given.items()}
        return given

    def state(self) -> CaseState:
        return store.lock(self.id)

    def check(self, expect: Mapping[str, Any]) -> None:
        state, events = self.state(), read.of("case", self.id)
        fresh = [event for event in events if event.id > self.seen]
        self.seen = events[-1].id
        for name, wanted in expect.items():
            found: Any
            match name:
                case "told":
                    found = [e.facts["told"] for e in fresh if _speaks(e)]
                case "tells":
                    found = [e.facts["tells"] for e in fresh if "tells" in e.facts]
                case "open":
                    found = state.is_open
                case "co_units":
                    found = [r.unit for r in state.open_co]
                case "clock":
                    assert state.lead is not None, "nobody holds it"
                    clock = state.clock(state.lead.number)
                    hours = (clock.due_at - clock.started_at) / timedelta(hours=1)
                    found = f"{hours:g}h"
                case "breaches":
                    found = sum(self.is_breach(e) for e in fresh)
                case "points":
                    found = self.points()
                case "tracks":
                    found = [r.stage for r in state.open_co]
                case "climbs":
                    found = [e.facts["climbs"]["to"] for e in fresh if e.kind == "case.climbed"]
                case "hidden_from" | "seen_by":
                    found = [post for post in wanted if self.sees(post) == (name == "seen_by")]
                case _:
                    assert name in STATE, f"expect.{name} is not known"
                    found = getattr(state, name)
            assert found == wanted, f"{name} is {found}, expected {wanted}"

    def is_breach(self, event: Recorded) -> bool:
        """A deadline that somebody of the city let pass; the citizen's own time is nobody's."""
        if event.kind != "clock.fired" or not event.clock or event.facts["level"] != 1:
            return False
        return not self.policy.stages[event.stage].waits_for_citizen

    def sees(self, post: str) -> bool:
        actor = filling(self.policy, post)
        return Case.objects.visible_to(actor).filter(pk=self.id).exists()

    def points(self) -> dict[str, int]:
        point = apps.get_model("evaluation", "Point")
        total: Counter[str] = Counter()
        for scored, points in point.objects.filter(case_id=self.id).values_list("scored", "points"):
            total[scored] += points
        return dict(total)


def _dues() -> tuple[datetime | None, datetime | None]:
    """When the next deadline fires and the next pause is over; None where there is none."""
    running = Clock.objects.filter(state=RUNNING).aggregate(at=Min("next_due_at"))
    paused = Clock.objects.filter(state=PAUSED).aggregate(at=Min("paused_until"))
    return running["at"], paused["at"]


def _speaks(event: Any) -> bool:
    return bool(event.kind == "clock.fired" and event.facts["level"] >= 1)
