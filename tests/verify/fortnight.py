"""A made-up city's fortnight as a public log: every kind of leaf, the same in every run."""

import hashlib
import heapq
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peygir.verify.canonical import encode, to_base64url
from tests.verify.logs import Log

START = 1_790_109_000  # 1 Mehr 1405, 00:00 in the city
OFFSET = 12_600
DAY, HOUR = 86_400, 3600
HANDED_OVER = START + 7 * DAY  # when one office changes hands and another is left
CLASSES = {"urgent": 2 * HOUR, "services": DAY, "civil": 2 * DAY}
GROUPS = {"pipes": "urgent", "waste": "services", "streets": "civil", "lights": "services"}
DIGEST = hashlib.sha256(b"rules of a made-up city").hexdigest()
WEIGHTS = {
    "version": 1,
    "parts": {"timely": 30, "resolved": 30, "satisfied": 25, "quality": 15},
    "classes": {"urgent": 4, "services": 2, "civil": 2},
    "penalties": {"reopened": 10, "inspected_false": 30, "points": 2},
    "penalty_cap": 20,
}


def named(fa: str, en: str) -> dict[str, str]:
    return {"fa": fa, "en": en}


def rule_set() -> dict[str, Any]:
    units: dict[str, Any] = {}
    posts: dict[str, Any] = {}
    for n in (1, 2, 3):
        units[f"d{n}"] = {"kind": "district", "scored": f"d{n}"} | named(
            f"منطقهٔ {n}", f"District {n}"
        )
        for part in ("services", "civil"):
            code = f"d{n}-{part}"
            units[code] = {"kind": "department", "scored": f"d{n}"} | named(
                f"{part} منطقهٔ {n}", f"{part} of district {n}"
            )
            posts[f"{code}-head"] = {"unit": code, "head": True} | named("رئیس", f"head of {code}")
    units["water"] = {"kind": "organisation", "scored": "water"} | named("سازمان آب", "Water")
    units["feedback"] = {"kind": "centre", "scored": "feedback"} | named("بازخورد", "Feedback")
    units["reception"] = {"kind": "centre", "scored": "reception"} | named("پذیرش", "Reception")
    posts["water-head"] = {"unit": "water", "head": True} | named("رئیس", "head of water")
    offices = sorted(posts)
    scored = ["d1", "d2", "d3", "water"]
    return {
        "v": 1,
        "digest": DIGEST,
        "city": {"code": "example"} | named("نمونه", "Example"),
        "calendar": {"kind": "jalali", "zone": "Asia/Tehran", "offset_s": OFFSET},
        "units": units,
        "posts": posts,
        "offices": offices,
        "districts": {str(n): named(f"منطقهٔ {n}", f"District {n}") for n in (1, 2, 3)},
        "groups": {code: named(code, code) for code in GROUPS},
        "kinds": {"request": named("درخواست", "request")},
        "classes": {code: named(code, code) | {"sla_s": sla} for code, sla in CLASSES.items()},
        "scored": scored,
        "peers": {"district": scored[:3], "organisation": scored[3:]},
        "weights": WEIGHTS,
        "tolerance_s": {"phone": 900, "web": 900, "letter": DAY, "system": 900, "field": DAY},
        "small_cell": 5,
        "ranked_from": 30,
    }


def write_rules(directory: Path) -> str:
    """The file beside the log; its digest."""
    data = encode(rule_set())
    path = directory / "rules" / f"{DIGEST}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def fortnight(
    directory: Path, cases: int = 600, days: int = 14, seed: int = 7, anchored: int = HOUR
) -> Log:
    """An honest log, not yet written; its rule set is. `anchored`: every so many seconds."""
    log = Log(directory)
    log.add(
        "ruleset.published", digest=DIGEST, file=write_rules(directory), **{"from": START - DAY}
    )
    for post in rule_set()["offices"]:
        log.add("office.term", post=post, term=1, since=START - 200 * DAY)
    hour, is_handed_over = START, False
    for at, name, kind, fields in _ordered(cases, days, seed):
        while at >= hour + anchored:
            hour += anchored
            log.anchor(times=[hour, hour + 1, hour + 2])
        if at >= HANDED_OVER and not is_handed_over:
            is_handed_over = True
            log.add("office.term", post="d1-civil-head", term=2, since=HANDED_OVER)
            log.add("office.vacant", post="d2-civil-head", term=1, since=HANDED_OVER)
        if kind == "intake.daily":
            log.add(kind, **fields)
        else:
            of_case(log, name, kind, fields)
    late = next(i for i, e in enumerate(log.entries) if b'"t":"case.overdue"' in e)
    lost = json.loads(log.entries[late])
    log.add(
        "points.reversed",
        ref=late,
        pts=-lost["pts"],
        unit=lost["unit"],
        et=START + days * DAY,
    )
    return log


def of_case(log: Log, name: str, kind: str, fields: dict[str, Any]) -> int:
    """Append the next leaf of a case; `Log.case`, whose own names stand in the way of `kind`."""
    public = to_base64url(hashlib.sha256(name.encode()).digest()[:16])
    number, before = log.ends.get(name, (0, ""))
    leaf = fields | {"t": kind, "v": 1, "case": public, "n": number, "prev": before}
    at = log.raw(encode(leaf))
    log.ends[name] = (number + 1, to_base64url(log.hash(at)[:16]))
    return at


Step = tuple[int, str, str, dict[str, Any]]


def _ordered(cases: int, days: int, seed: int) -> Iterator[Step]:
    """Each leaf when it happens."""
    chance = random.Random(seed)
    waiting: list[tuple[int, int, Step]] = []
    for number in range(cases):
        for order, step in enumerate(_story(f"case {number}", chance, days)):
            heapq.heappush(waiting, (step[0], number * 100 + order, step))
    for day in range(days):
        at = START + (day + 1) * DAY
        counts = {"contacts": 90, "calls": 60, "messages": 40, "follow_ups": 20}
        leaf = counts | {"day": (START + OFFSET) // DAY + day, "by": {"case": 40}}
        heapq.heappush(waiting, (at, 0, (at, "", "intake.daily", leaf)))
    end = START + days * DAY
    while waiting:
        at, _, step = heapq.heappop(waiting)
        if at < end:
            yield step


def _story(name: str, chance: random.Random, days: int) -> Iterator[Step]:
    at = START + chance.randrange(days * DAY)
    blind = {"c": "A" * 43, "ca": "B" * 43}
    if chance.random() < 0.02:
        yield at, name, "case.registered", dict(blind)
        yield at + DAY, name, "case.closed", dict(blind)
        return
    district, group = chance.randint(1, 3), chance.choice(sorted(GROUPS))
    cls = GROUPS[group]
    unit = (
        "water" if group == "pipes" else f"d{district}-{'civil' if cls == 'civil' else 'services'}"
    )
    subject = {"cls": cls, "grp": group, "dist": district}
    sla = CLASSES[cls]
    first = {"ch": "phone", "kind": "request", "rules": DIGEST, "et": at} | blind
    if chance.random() < 0.1:
        given = first | {"unit": "reception", "due": at + 7200, "sla": 7200}
        yield at, name, "case.registered", given
        at += chance.randrange(600, 9000)
        moved = {"to": unit, "from": "reception", "due": at + sla, "sla": sla, "et": at}
        yield at, name, "case.routed", moved | subject
    else:
        given = first | {"unit": unit, "due": at + sla, "sla": sla} | subject
        yield at, name, "case.registered", given
    yield from _work(name, chance, at, unit, sla)


def _work(name: str, chance: random.Random, at: int, unit: str, sla: int) -> Iterator[Step]:
    due = at + sla
    if chance.random() < 0.05:
        stop = at + sla // 4
        until = stop + chance.randrange(HOUR, DAY)
        paused = {"clk": 1, "why": "weather", "until": until, "work": True, "et": stop}
        yield stop, name, "case.paused", paused
        due += until - stop
        yield until, name, "case.resumed", {"clk": 1, "due": due, "work": True, "et": until}
        at = until
    slow = {"d1": 0.6, "d2": 0.9, "d3": 1.3}.get(unit[:2], 0.8)
    done = at + int(sla * chance.uniform(0.1, 1.4) * slow)
    if done > due:
        late = {"clk": 1, "lvl": 1, "lvls": 1, "pts": -1, "unit": unit, "et": due, "work": True}
        yield due, name, "case.overdue", late
    answer = {"unit": unit, "told": True, "to": "feedback", "from": unit, "et": done}
    yield done, name, "case.work_done", answer
    yield from _checked(name, done, unit)
    called = done + chance.randrange(HOUR, DAY)
    word = chance.choices(["yes", "no", ""], [6 if slow < 1 else 4, 2, 2])[0]
    if word == "no":
        yield called, name, "case.disputed", {"word": "no", "mode": "call", "et": called}
        seen = called + 20 * HOUR
        found = chance.choice(["done", "not_done", "partly"])
        yield seen, name, "case.inspected", {"found": found, "et": seen}
        again = {
            "cyc": 2,
            "to": unit,
            "from": "feedback",
            "due": seen + sla,
            "sla": sla,
            "et": seen,
        }
        yield seen, name, "case.reopened", again
        fixed = seen + sla // 2
        yield fixed, name, "case.work_done", answer | {"et": fixed}
        called = fixed + HOUR
        word = "yes"
    end = {"end": "by_word", "ending": "satisfied", "word": "yes", "mode": "call", "et": called}
    if not word:
        end = {"end": "exception", "ending": "unreachable", "et": called}
    yield called, name, "case.closed", end
    if word and chance.random() < 0.04:
        back = called + 3 * HOUR
        objection = {"cyc": 3, "word": "no", "mode": "web", "from": unit, "to": unit, "et": back}
        yield back, name, "case.reopened", objection | {"due": back + sla, "sla": sla}


def _checked(name: str, done: int, unit: str) -> Iterator[Step]:
    """Some claims are looked at, by lot or by risk, and now and then a finding is put right."""
    chance = random.Random(name)
    if chance.random() > 0.15:
        return
    by = chance.choice(["lot", "risk"])
    claims = chance.choices(["held", "false", "unclear"], [6, 3, 1], k=2)
    for number, claim in enumerate(claims[: 1 + (chance.random() < 0.2)]):
        at = done + (1 + number) * 18 * HOUR
        found = {"claim": claim, "by": by, "unit": unit, "cyc": 1, "et": at}
        yield at, name, "case.checked", found | ({"fix": True} if number else {})
