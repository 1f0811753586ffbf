"""Turning checked rows into cases: registered, answered and closed by real acts at their own times.

A batch is one transaction together with the memory of which rows it made, so that a run that is
killed and started again makes nothing twice. Rows that an act refuses are reported, not forced.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import SystemRandom
from typing import Final

from django.db import DataError, IntegrityError, transaction

from peygir.cases import acts, register
from peygir.cases.refusals import Refused, WrongEvidence
from peygir.cases.state import CaseState
from peygir.demo.importer.mapping import Map
from peygir.demo.importer.source import Bad, Row
from peygir.demo.life import in_bulk
from peygir.demo.models import ImportedRow
from peygir.demo.town import id_at
from peygir.ledger.entry import SYSTEM, Actor
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import HOLDER

BATCH: Final = 200


@dataclass(kw_only=True)
class Batch:
    """What became of some rows. `known`: made by an earlier run; `late`: after the old target."""

    made: int = 0
    closed: int = 0
    known: int = 0
    late: int = 0
    bad: tuple[Bad, ...] = ()


class Importer:
    """One file's way into the city. Safe to call `take` from several threads at once.

    `until`: later than this nothing can have happened; the running month of the public figures
    ends with the newest event.
    """

    def __init__(self, policy: CityPolicy, chart: Map, *, until: datetime | None = None) -> None:
        self.policy, self.chart, self.until = policy, chart, until
        self._random = SystemRandom()
        self._holders: Mapping[str, Actor] = {
            code: _holder(policy, code) for code in policy.organisation.units
        }

    def take(self, rows: Sequence[Row]) -> Batch:
        """Import one batch. Rows that another run or thread made first are left alone."""
        try:
            return self._take(rows)
        except IntegrityError:  # the same row at the same time elsewhere: now it is known
            return self._take(rows)

    @transaction.atomic
    def _take(self, rows: Sequence[Row]) -> Batch:
        in_bulk()
        keys = {row.key for row in rows}
        made = ImportedRow.objects.filter(source=self.chart.name, key__in=keys)
        known = set(made.values_list("key", flat=True))
        batch, memory, bad = Batch(), [], []
        for row in rows:
            if row.key in known:
                batch.known += 1
                continue
            case = self._row(row)
            if isinstance(case, Bad):
                bad.append(case)
                continue
            known.add(row.key)
            memory.append(ImportedRow(source=self.chart.name, key=row.key, case_id=case.id))
            batch.made += 1
            batch.closed += not case.is_open
            batch.late += row.late
        ImportedRow.objects.bulk_create(memory)
        batch.bad = tuple(bad)
        return batch

    def _row(self, row: Row) -> CaseState | Bad:
        if self.until is not None and (row.closed or row.opened) > self.until:
            return Bad(line=row.line, key=row.key, code="ahead", details={})
        try:
            with transaction.atomic():
                case = self._registered(row)
                for code in self.chart.steps if row.closed else ():
                    assert row.closed is not None
                    case = self._step(case, code, row, row.closed)
                return case
        except WrongEvidence as refused:
            named = ", ".join(f"{name}: {why}" for name, why in refused.fields.items())
            return Bad(line=row.line, key=row.key, code="evidence", details={"fields": named})
        except Refused as refused:
            details = {"reason": refused.code}
            return Bad(line=row.line, key=row.key, code="refused", details=details)
        except DataError:
            return Bad(line=row.line, key=row.key, code="data", details={})

    def _registered(self, row: Row) -> CaseState:
        report = register.Report(
            words=row.words,
            address=row.address,
            channel=row.channel,
            kind=row.kind,
            category=row.category,
            district=row.district,
            lat_e6=row.lat_e6,
            lon_e6=row.lon_e6,
            case_id=id_at(row.opened, self._random),
            source=f"{self.chart.name}:{row.key}",
            language=self.chart.language,
        )
        return register.register(
            policy=self.policy, report=report, actor=SYSTEM, at=row.opened
        ).case

    def _step(self, case: CaseState, code: str, row: Row, at: datetime) -> CaseState:
        """One of the steps that stand for "closed there", in the name of the unit that holds it."""
        step = self.policy.step(case.stage, code)
        texts = {}
        if step is not None:
            said = self.chart.text.replace("{outcome}", row.outcome or "—")
            texts = dict.fromkeys(step.needs, said)
        by_unit = step is not None and HOLDER in step.by
        done = acts.act(
            policy=self.policy,
            case_id=case.id,
            step=code,
            actor=self._holders[case.unit] if by_unit else SYSTEM,
            at=at,
            texts=texts,
        )
        return done.case


def batches(rows: Iterable[Row], size: int = BATCH) -> Iterator[list[Row]]:
    """`rows` in lists of `size`."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def _holder(policy: CityPolicy, unit: str) -> Actor:
    """The unit itself: a post of it, nobody in person, because the file names no person."""
    posts = [post for post in policy.organisation.posts.values() if post.unit == unit]
    post = next((p for p in posts if not p.head), posts[0] if posts else None)
    return Actor(
        kind="post",
        post=post.code if post else "",
        roles=frozenset(post.roles) if post else frozenset(),
        units=frozenset({unit}),
    )
