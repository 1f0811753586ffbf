"""A public log of realistic shape, to measure the checks: python -m bench.simlog DIR --leaves N.

Cases begin, are worked on, sometimes late, and end, interleaved over a year; every hour of it an
hourly checkpoint, signed and cosigned, stands in a leaf. Every unit has a head, and every office
changes hands once. Same seed, same leaves; keys are new.
"""

import argparse
import base64
import hashlib
import heapq
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.common import Progress
from peygir.verify.canonical import encode
from peygir.verify.figures import Basis, figures
from peygir.verify.folding import Shard, fold_logs, named_policy
from peygir.verify.months import parse_period
from peygir.verify.notes import (
    LOG_KEY,
    WITNESS_KEY,
    Note,
    Signature,
    Vkey,
    checkpoint_text,
    cosignature,
    cosigned_message,
    format_note,
)
from peygir.verify.tiles import TILE_WIDTH, Edge, entries_path, pack, tile_path

ORIGIN: Final = "ledger.bench/137/1405"
BEGIN: Final = 1_774_000_000  # early in 1405
YEAR_S: Final = 365 * 86_400
HOUR_S: Final = 3600
LEAVES_PER_CASE: Final = 5
CLASSES: Final = (("urgent", 86_400), ("normal", 172_800), ("long", 259_200))
CHANNELS: Final = ("phone", "web", "sms", "in_person")
GROUPS: Final = ("W", "L", "R", "G", "O")
RULES: Final = hashlib.sha256(b"rules of the bench").hexdigest()
DISTRICTS: Final = range(1, 23)
OFFSET_S: Final = 12_600
LATE_SHARE: Final = 0.12


class Key:
    """A signing key under a name, of the log or of a witness."""

    def __init__(self, name: str, kind: int) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.vkey = Vkey(name, kind, self.key.public_key().public_bytes_raw())

    def sign(self, text: str, at: int) -> Signature:
        if self.vkey.kind == LOG_KEY:
            return Signature(self.vkey.name, self.vkey.id, self.key.sign(text.encode()))
        signed = self.key.sign(cosigned_message(text, at))
        return Signature(self.vkey.name, self.vkey.id, cosignature(at, signed))


class Writer:
    """A log that grows in a directory, as `peygir.ledger.log` would leave it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.edge = Edge()
        self.bundle: list[bytes] = []
        self.log = Key(ORIGIN, LOG_KEY)
        names = ("council", "newspaper", "university")
        self.witnesses = [Key(f"{name}.bench", WITNESS_KEY) for name in names]

    def add(self, entry: bytes) -> bytes:
        """Append an entry; its leaf hash."""
        value = hashlib.sha256(b"\x00" + entry).digest()
        self.bundle.append(entry)
        if len(self.bundle) == TILE_WIDTH:
            number = self.edge.size // TILE_WIDTH
            self.write(entries_path(number), pack(self.bundle))
            self.bundle.clear()
        for level, number, data in self.edge.push(value):
            self.write(tile_path(level, number), data)
        return value

    def rules(self) -> bytes:
        """Write the rule set, from which figures can be made; the leaf that names it."""
        data = encode(_rule_set())
        self.write(f"rules/{RULES}.json", data)
        leaf = {"t": "ruleset.published", "v": 1, "digest": RULES, "from": BEGIN - 86_400}
        return encode(leaf | {"file": hashlib.sha256(data).hexdigest()})

    def checkpoint(self, at: int) -> bytes:
        """The tree so far, signed and cosigned around the epoch second `at`."""
        text = checkpoint_text(ORIGIN, self.edge.size, self.edge.root())
        signed = [self.log.sign(text, at)]
        signed += [each.sign(text, at + 1 + i) for i, each in enumerate(self.witnesses)]
        return format_note(Note(text, tuple(signed)))

    def close(self, at: int) -> None:
        """Write what is partial, the checkpoint, the keys and the policy of witnesses."""
        if self.bundle:
            path = entries_path(self.edge.size // TILE_WIDTH, len(self.bundle))
            self.write(path, pack(self.bundle))
        for level, number, data in self.edge.partial():
            self.write(tile_path(level, number, len(data) // 32), data)
        self.write("checkpoint", self.checkpoint(at))
        self.write("vkeys.txt", f"{self.log.vkey}\n".encode())
        lines = [f"witness w{i} {each.vkey}" for i, each in enumerate(self.witnesses)]
        lines = [f"log {self.log.vkey}", *lines, "group civic 2 w0 w1 w2", "quorum civic", ""]
        self.write("policy.txt", "\n".join(lines).encode())

    def write(self, path: str, data: bytes) -> None:
        file = self.directory / path
        try:
            file.write_bytes(data)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def write(directory: Path, leaves: int, seed: int = 137) -> Writer:
    """A log of `leaves` leaves in `directory`, which must be empty or new."""
    writer, progress = Writer(directory), Progress("leaves", leaves)
    writer.add(writer.rules())
    for post in _heads():
        writer.add(_term(post, 1, BEGIN - 86_400))
    changes = _changes()
    chooser = random.Random(seed)
    hour, last = BEGIN + HOUR_S, BEGIN
    waiting: list[tuple[int, int, _Case]] = []
    arrivals = _arrivals(chooser, leaves)
    coming = next(arrivals)
    while writer.edge.size < leaves:
        if coming.at <= (waiting[0][0] if waiting else coming.at):
            case, coming = coming, next(arrivals)
        else:
            _, _, case = heapq.heappop(waiting)
        last = max(last, case.at)
        if last >= hour:
            hour = last + HOUR_S
            writer.add(_anchor(writer.checkpoint(last)))
            while changes and changes[-1][0] <= last and writer.edge.size < leaves:
                since, post = changes.pop()
                writer.add(_term(post, 2, since))
            if writer.edge.size == leaves:
                break
        case.before = writer.add(case.entry())[:16]
        if case.goes_on(chooser):
            heapq.heappush(waiting, (case.at, case.number, case))
        if writer.edge.size % 10_000 == 0:
            progress.to(writer.edge.size)
    writer.close(last)
    progress.to(leaves)
    return writer


def announce(writer: Writer, period: str, at: int) -> None:
    """Make the figures of `period` from all leaves, and announce them at the epoch second `at`."""
    policy = (writer.directory / "policy.txt").read_bytes()
    name = hashlib.sha256(policy).hexdigest()
    size, root = writer.edge.size, writer.edge.root().hex()
    tree = [Shard(writer.directory, size, size)]
    fold = fold_logs(tree, named_policy(writer.directory, name, policy), jobs=os.cpu_count() or 1)
    data = encode(figures(fold, parse_period(period), Basis(ORIGIN, size, root), policy=name))
    writer.write(f"stats/{period}.json", data)
    leaf = {"t": "stats.published", "v": 1, "period": period, "size": size, "root": root}
    writer.add(encode(leaf | {"file": hashlib.sha256(data).hexdigest()}))
    writer.close(at)


class _Case:
    """One case and where it stands: `n` of its next leaf, and when that will be."""

    __slots__ = ("at", "before", "cls", "dist", "due", "group", "late", "n", "number", "public")

    def __init__(self, chooser: random.Random, number: int, at: int) -> None:
        self.number, self.at, self.n, self.before = number, at, 0, b""
        self.public = _text(chooser.randbytes(16))
        self.cls, allowed = chooser.choice(CLASSES)
        self.dist, self.group = chooser.choice(DISTRICTS), chooser.choice(GROUPS)
        self.due = at + allowed
        self.late = chooser.random() < LATE_SHARE

    def entry(self) -> bytes:
        """The next leaf, spelled canonically by hand: encoding would take most of the time."""
        prev = _text(self.before)
        head, unit = f'"n":{self.n},', f"D{self.dist:02}-{self.group}"
        tail = f'"prev":"{prev}",'
        case, et = f'"case":"{self.public}",', f'"et":{self.at},'
        if self.n == 0:
            c = _text(hashlib.sha256(self.public.encode()).digest())
            channel = CHANNELS[self.number % len(CHANNELS)]
            text = (
                f'{{"c":"{c}","ca":"{c[::-1]}",{case}"ch":"{channel}","cls":"{self.cls}",'
                f'"dist":{self.dist},"due":{self.due},{et}"grp":"{self.group}","kind":"complaint",'
                f'{head}{tail}"rules":"{RULES}","sla":{self.due - self.at},'
                f'"t":"case.registered","unit":"{unit}","v":1}}'
            )
        elif self.late and self.n == 1:
            text = (
                f'{{{case}"clk":0,{et}"lvl":1,"lvls":1,{head}{tail.rstrip(",")},"pts":-1,'
                f'"t":"case.overdue","unit":"{unit}","v":1}}'
            )
        elif self.n < LEAVES_PER_CASE - 2:
            text = (
                f'{{{case}{et}{head}{tail}"t":"case.work_done","told":true,"unit":"{unit}","v":1}}'
            )
        elif self.n == LEAVES_PER_CASE - 2:
            text = f'{{{case}{et}"mode":"sms",{head}{tail}"t":"case.confirmed","v":1,"word":"yes"}}'
        else:
            text = (
                f'{{{case}"end":"by_word","ending":"satisfied",{et}{head}{tail}'
                f'"t":"case.closed","v":1}}'
            )
        return text.encode()

    def goes_on(self, chooser: random.Random) -> bool:
        """Step on; False after the last leaf."""
        self.n += 1
        self.at += chooser.randrange(60, 40_000)
        if self.late and self.n == 1:
            self.at = max(self.at, self.due + 1)
        return self.n < LEAVES_PER_CASE


def _arrivals(chooser: random.Random, leaves: int) -> Iterator[_Case]:
    """Cases without end, evenly over the year when there are as many as `leaves` needs."""
    step = YEAR_S * LEAVES_PER_CASE / max(leaves, LEAVES_PER_CASE)
    number = 0
    while True:
        yield _Case(chooser, number, BEGIN + int(number * step))
        number += 1


def _units() -> list[str]:
    """Districts, and the departments of each."""
    scored = [f"D{each:02}" for each in DISTRICTS]
    return [*scored, *(f"{code}-{group}" for code in scored for group in GROUPS)]


def _heads() -> list[str]:
    """An office for each unit."""
    return [f"{unit}-head" for unit in _units()]


def _changes() -> list[tuple[int, str]]:
    """Every office changes hands once in the year, one after the other; the first comes last."""
    heads = _heads()
    step = YEAR_S // len(heads)
    return [(BEGIN + step * number, post) for number, post in enumerate(heads, 1)][::-1]


def _term(post: str, number: int, since: int) -> bytes:
    return encode({"post": post, "since": since, "t": "office.term", "term": number, "v": 1})


def _rule_set() -> dict[str, Any]:
    scored = [f"D{each:02}" for each in DISTRICTS]
    units = {code: {"kind": "district", "scored": code, **_named(code)} for code in scored}
    for code in scored:
        for group in GROUPS:
            unit = {"kind": "department", "scored": code, **_named(f"{group} of {code}")}
            units[f"{code}-{group}"] = unit
    return {
        "v": 1,
        "digest": RULES,
        "city": {"code": "bench", **_named("Bench")},
        "calendar": {"kind": "jalali", "zone": "Asia/Tehran", "offset_s": OFFSET_S},
        "units": units,
        "posts": {
            f"{unit}-head": {"unit": unit, "head": True, **_named(f"Head of {unit}")}
            for unit in _units()
        },
        "offices": _heads(),
        "districts": {str(each): _named(f"District {each}") for each in DISTRICTS},
        "groups": {each: _named(each) for each in GROUPS},
        "kinds": {"complaint": _named("complaint")},
        "classes": {code: {"sla_s": sla, **_named(code)} for code, sla in CLASSES},
        "scored": scored,
        "peers": {"district": scored},
        "weights": {
            "version": 1,
            "parts": {"timely": 30, "resolved": 30, "satisfied": 25, "quality": 15},
            "classes": {code: 1 for code, _ in CLASSES},
            "penalties": {"reopened": 10, "inspected_false": 30, "points": 2},
            "penalty_cap": 20,
        },
        "tolerance_s": {**dict.fromkeys(CHANNELS, 900), "system": 900, "field": 86_400},
        "small_cell": 5,
        "ranked_from": 30,
    }


def _named(words: str) -> dict[str, str]:
    return {"fa": words, "en": words}


def _anchor(note: bytes) -> bytes:
    return encode({"note": note.decode(), "t": "cp.anchored", "v": 1})


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=137)
    parser.add_argument("--figures", default="", help="announce those of a period: 1405-07")
    options = parser.parse_args()
    if options.directory.exists() and any(options.directory.iterdir()):
        parser.error("the directory must be empty or new")
    began = time.monotonic()
    writer = write(options.directory, options.leaves, options.seed)
    print(f"{writer.edge.size:,} leaves in {time.monotonic() - began:.0f} s", flush=True)
    if options.figures:
        began = time.monotonic()
        announce(writer, options.figures, BEGIN + YEAR_S)
        print(f"figures of {options.figures} made in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
