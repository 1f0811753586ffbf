"""Public figures: live ones every few minutes, days, months and years once they are over.

The month before the running one is provisional until it is published for good.

Made by the functions of `verify`, from leaves alone, so that everybody gets the same. A leaf
`stats.published` announces each file. While the city has witnesses, nothing is published that they
have not seen. What is published for good never changes; a revision is a further file.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from peygir.ledger.log import files, queue
from peygir.ledger.log.tiles import published as published_checkpoint
from peygir.ledger.models import Checkpoint, Head, Leaf
from peygir.ledger.statement import run
from peygir.publication import verifier
from peygir.publication.folded import KeptFold, begin_anew, empty_state
from peygir.publication.models import Figures, Folding, Listed, RuleSet
from peygir.publication.shape import VERSION
from peygir.verify.canonical import encode, parse
from peygir.verify.clamp import Clamp
from peygir.verify.figures import FIGURES_VERSION, Basis, figures, late_window, table
from peygir.verify.fold import Fold
from peygir.verify.fold import Leaf as Body
from peygir.verify.folding import seen_in
from peygir.verify.months import (
    DAY_SECONDS,
    LAST,
    LIVE,
    REPLACED,
    Period,
    day_name_of,
    month_name_of,
    month_of_day,
    parse_period,
    replaced_period,
)
from peygir.verify.notes import parse_checkpoint
from peygir.verify.quorum import Policy, parse_policy
from peygir.verify.rules import Rules

BATCH: Final = 5000
DAY_WAITS: Final = timedelta(hours=24)  # for what handsets bring late
DAYS_BACK: Final = 31  # days that are caught up with after a stop
ANCHOR: Final = "cp.anchored"

TOLD: Final = """
select body from ledger_leaf where event_id is null and position(%s::bytea in body) > 0
order by "index"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The tree that figures may rest on: all leaves of earlier years and `size` of this one."""

    year: int
    origin: str
    base: int
    size: int
    root: str  # hex
    at: datetime
    before: tuple[tuple[str, int, str], ...]

    @property
    def basis(self) -> Basis:
        return Basis(self.origin, self.size, self.root, self.before)


class Book(dict[str, Rules]):
    """Rule sets by digest, from the published files."""

    def __missing__(self, digest: str) -> Rules:
        year = RuleSet.objects.filter(digest=digest).values_list("year", flat=True)[0]
        rules = Rules(parse(files.rules_file(year, digest).read_bytes()))
        self[digest] = rules
        return rules


@transaction.atomic
def publish(*, at: datetime) -> list[str]:
    """Fold what is new and publish what is due; the names of the periods published."""
    row = _row()
    standing = _standing()
    if row is None or standing is None or standing.base + standing.size <= row.told:
        return []
    run = _Run(row, standing, at)
    if not run.has_news():
        return []
    run.fold()
    done = [run.publish(period) for period in run.due()]
    done += [run.publish(period) for period in run.replaced()]
    row.told = standing.base + standing.size
    row.save(update_fields=["told"])
    return done


@transaction.atomic
def revise(period: str, *, at: datetime) -> bool:
    """Publish a period anew when later leaves change it; whether they do.

    Raises LookupError for one that was not published yet. Reads all leaves again.
    """
    last = Figures.objects.filter(period=period).order_by("revision").last()
    if last is None:
        raise LookupError(period)
    standing = _standing()
    if standing is None:
        return False
    found = parse_period(period)
    row = Folding(pk=1, state=empty_state())
    run = _Run(row, standing, at, again=True)
    run.kept.watch = (found.first, found.end, last.before + last.size)
    run.fold()
    if not run.kept.changed:
        return False
    run.publish(found, revises=last)
    return True


def _row() -> Folding | None:
    Folding.objects.get_or_create(pk=1, defaults={"state": empty_state()})
    row = Folding.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if row is not None and row.state.get("version") != FIGURES_VERSION:
        begin_anew(row)
    return row


def _standing() -> Standing | None:
    """The newest tree that is published and seen by whom it takes."""
    head = Head.objects.first()
    if head is None:
        return None
    placed = published_checkpoint(files.year_folder(head.year))
    points = Checkpoint.objects.filter(origin=head.origin).order_by("-size")
    if settings.PEYGIR_LOG_POLICY:  # then a quorum of witnesses must have seen it
        points = points.exclude(witnessed_at=None)
    point = points.first()
    if point is None or placed is None or placed.size < point.size:
        return None
    before = []
    for listed in Listed.objects.filter(year__lt=head.year).order_by("year"):
        origin = f"{head.origin.rpartition('/')[0]}/{listed.year}"
        last = Checkpoint.objects.filter(origin=origin).order_by("size").last()
        if last is not None:
            note = parse_checkpoint(last.note.encode())
            before.append((origin, note.size, note.root.hex()))
    note = parse_checkpoint(point.note.encode())
    return Standing(
        year=head.year,
        origin=head.origin,
        base=head.base,
        size=note.size,
        root=note.root.hex(),
        at=point.witnessed_at or point.signed_at,
        before=tuple(before),
    )


class _Run:
    """One turn: from the leaves folded for good to those of a standing."""

    def __init__(
        self, row: Folding, standing: Standing, at: datetime, *, again: bool = False
    ) -> None:
        self.row, self.standing, self.at, self.again = row, standing, at, again
        self.end = standing.base + standing.size
        self.policy, self.policy_digest = _policy(standing.year)
        book = Book()
        self.kept: Fold = Fold(lambda leaf: book[leaf["digest"]])
        if not again:
            self.kept = KeptFold(row, book)
        self.verifier = verifier.publish()

    def has_news(self) -> bool:
        """Whether any leaf since is about a case; own announcements make no news."""
        if not self.row.told:
            return True
        since = Leaf.objects.filter(index__gte=self.row.told, index__lt=self.end)
        return since.exclude(event_id=None).exists()

    def fold(self) -> None:
        """What witnesses have timed is folded for good; what they have not, for this once."""
        seen = self._seen()
        clamp = Clamp(seen)
        settled = self.end if self.policy is None else max([size for size, _ in seen], default=0)
        settled = min(settled, self.end)
        for batch in self._batches(self.row.size, settled):
            self._take(batch, clamp)
            if isinstance(self.kept, KeptFold):
                self.kept.keep(self.row, batch[-1][0] + 1)
        past = [pair for pair in seen if pair[0] <= self.row.size]
        newest = max(past, key=_second, default=None)
        self.row.state["seen"] = [] if newest is None else [list(newest)]
        if not self.again:
            self.row.save(update_fields=["state"])
        for batch in self._batches(max(self.row.size, settled), self.end):
            self._take(batch, clamp)

    def due(self) -> list[Period]:
        """Periods that are over, have waited for late events, and are not published."""
        if not self.kept.published:
            return []
        offset = self.kept.tallies.offset
        now = int(self.standing.at.timestamp()) + offset
        first = self._first_day()
        today = (now - int(DAY_WAITS.total_seconds())) // DAY_SECONDS
        days = range(max(first, today - DAYS_BACK), today)
        found = [parse_period(day_name_of(day)) for day in days]
        last = (now - late_window(self.kept)) // DAY_SECONDS
        for month in range(month_of_day(first), month_of_day(last)):
            found.append(parse_period(month_name_of(month)))
            if month % 12 == 11:
                found.append(parse_period(str(month // 12)))
        known = set(Figures.objects.values_list("period", flat=True))
        return [period for period in found if period.name not in known]

    def replaced(self) -> list[Period]:
        """The running month, and the one before it while that is provisional; where it is not, its
        provisional file goes."""
        day = self.kept.tallies.day_of(self.kept.newest)
        last, live = (replaced_period(name, day) for name in (LAST, LIVE))
        month = month_of_day(last.first)
        known = Figures.objects.filter(period=month_name_of(month)).exists()
        if not known and self.kept.published and month >= month_of_day(self._first_day()):
            return [last, live]
        for suffix in ("json", "csv"):
            files.stats_file(self.standing.year, LAST, suffix).unlink(missing_ok=True)
        return [live]

    def publish(self, period: Period, *, revises: Figures | None = None) -> str:
        """Make, write and announce one file; its period's name. What the log names already is taken
        over as it is: this database may be older than the folder."""
        name = period.name
        revision = 0 if revises is None else revises.revision + 1
        if name not in REPLACED and self._take_over(name, revision):
            return name
        data = figures(
            self.kept,
            period,
            self.standing.basis,
            policy=self.policy_digest,
            verifier=self.verifier,
            revises="" if revises is None else revises.file,
        )
        spelled, year = encode(data), self.standing.year
        digest, stem = hashlib.sha256(spelled).hexdigest(), _stem(name, revision)
        target = files.stats_file(year, stem)
        csv = files.stats_file(year, stem, "csv")
        if name in REPLACED:
            files.replace(target, spelled)
            files.replace(csv, table(data).encode())
        else:
            target.unlink(missing_ok=True)  # left by a turn that ended before the log was told
            csv.unlink(missing_ok=True)
            files.write_once(target, spelled)
            files.write_once(csv, table(data).encode())
            files.settle([target, csv])
            Figures.objects.create(
                period=name,
                revision=revision,
                year=year,
                size=self.standing.size,
                before=self.standing.base,
                file=digest,
                at=self.at,
            )
        self._announce(name, digest, revises)
        return name

    def _take_over(self, name: str, revision: int) -> bool:
        """Remember the files of earlier turns that the log names, this revision and those after
        it, with their tables; whether there are any. Raises `files.Differs`."""
        first = revision
        while (found := _announced(name, revision)) is not None:
            year, target = found
            raw, csv = target.read_bytes(), target.with_suffix(".csv")
            data = parse(raw)
            if not csv.exists():
                files.write_once(csv, table(data).encode())
                files.settle([csv])
            Figures.objects.create(
                period=name,
                revision=revision,
                year=year,
                size=data["basis"]["size"],
                before=sum(each["size"] for each in data.get("before", ())),
                file=hashlib.sha256(raw).hexdigest(),
                at=self.at,
            )
            revision += 1
        return revision > first

    def _announce(self, name: str, digest: str, revises: Figures | None) -> None:
        leaf: dict[str, Any] = {
            "t": "stats.published",
            "v": VERSION,
            "period": name,
            "size": self.standing.size,
            "root": self.standing.root,
            "file": digest,
            "verifier": self.verifier,
        }
        if revises is not None:
            leaf["revises"] = revises.file
        queue.propose(leaf)

    def _first_day(self) -> int:
        start = min((leaf["from"] for leaf in self.kept.published), default=0)
        return max(self.kept.tallies.first_day(), start // DAY_SECONDS)

    def _batches(self, start: int, end: int) -> Iterator[list[tuple[int, Body]]]:
        for first in range(start, end, BATCH):
            rows = Leaf.objects.filter(index__gte=first, index__lt=min(end, first + BATCH))
            found = rows.order_by("index").values_list("index", "body")
            batch = [(index, parse(bytes(body))) for index, body in found]
            if batch:
                yield batch

    def _take(self, batch: list[tuple[int, Body]], clamp: Clamp) -> None:
        if isinstance(self.kept, KeptFold):
            self.kept.batch(batch)
        for index, leaf in batch:
            if leaf["t"] not in (ANCHOR, "stats.published"):
                self.kept.take(index, leaf, clamp.window(index))

    def _seen(self) -> list[tuple[int, int]]:
        """Anchored trees that a quorum had seen, by the leaves of this stretch."""
        if self.policy is None:
            return []
        found = [(size, at) for size, at in self.row.state.get("seen", ())]
        rows = Leaf.objects.filter(
            index__gte=self.row.size, index__lt=self.end, event_id__isnull=True
        )
        for index, body in rows.order_by("index").values_list("index", "body"):
            seen = _anchor(bytes(body), index, self.policy)
            if seen is not None:
                found.append(seen)
        return found


def _announced(name: str, revision: int) -> tuple[int, Path] | None:
    """Year and file of a revision that lies there and that the log names. Raises `files.Differs`
    for one that the log names with other bytes."""
    stem = _stem(name, revision)
    for year in files.years():
        target = files.stats_file(year, stem)
        if target.exists():
            told = [leaf["file"] for leaf in _told(name)]
            if hashlib.sha256(target.read_bytes()).hexdigest() in told:
                return year, target
            if revision < len(told):
                raise files.Differs(target.name)
    return None


def _told(name: str) -> list[dict[str, Any]]:
    """The leaves that announce figures of a period, oldest first."""
    found = [parse(bytes(body)) for (body,) in run(TOLD, [f'"period":"{name}"'.encode()])]
    return [each for each in found if each["t"] == "stats.published" and each["period"] == name]


def _stem(name: str, revision: int) -> str:
    return f"{name}.r{revision}" if revision else name


def _second(pair: tuple[int, int]) -> int:
    return pair[1]


def _anchor(body: bytes, index: int, policy: Policy) -> tuple[int, int] | None:
    """(leaves over all years, epoch second) of an anchored tree; None for any other leaf."""
    if b'"t":"cp.anchored"' not in body:
        return None
    bases = Listed.objects.filter(base__lte=index).order_by("-base").values_list("base", flat=True)
    base = bases.first() or 0
    seen = seen_in(body, index - base, policy)
    return None if seen is None else (base + seen.size, seen.at)


def _policy(year: int) -> tuple[Policy | None, str]:
    """The witnesses' policy as it is published, and its digest; kept for whoever checks later."""
    if not settings.PEYGIR_LOG_POLICY:
        return None, ""
    data = (files.root() / "policy.txt").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    files.write_once(files.year_folder(year) / "policies" / f"{digest}.txt", data)
    return parse_policy(data), digest
