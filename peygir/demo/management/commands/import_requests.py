"""manage.py import_requests FILE --map MAP.toml: real service requests, through the real acts."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone, translation

from peygir.cases import policies
from peygir.demo.importer import mapping, reasons
from peygir.demo.importer.run import BATCH, Batch, Importer, batches
from peygir.demo.importer.source import Bad, Row, Source, SourceError
from peygir.demo.progress import Progress
from peygir.policy.model import CityPolicy

JOBS_MAX: Final = 16
AHEAD: Final = 4  # batches read ahead for each thread


class Command(BaseCommand):
    help = (
        "Import service requests of another system from CSV; run again after a break, none twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, may be compressed with gzip")
        parser.add_argument("--map", type=Path, required=True, help="what its columns mean (TOML)")
        parser.add_argument("--city", default="", help="the city that must be in force")
        parser.add_argument("--limit", type=int, help="only so many rows")
        parser.add_argument("--jobs", type=int, default=2, help="rows at the same time (2)")
        parser.add_argument("--report", type=Path, help="where bad rows are listed (CSV)")
        languages = [code for code, _ in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["jobs"] <= JOBS_MAX or (options["limit"] or 1) < 1:
            raise CommandError(f"--jobs: 1 to {JOBS_MAX}; --limit: 1 or more.")
        policy = _policy(options["city"])
        with translation.override(options["language"]):
            try:
                chart = mapping.load(options["map"], policy)
                source = Source(options["file"])
                importer = Importer(policy, chart, until=timezone.now())
                self._import(importer, source, options)
            except mapping.MapError as error:
                raise CommandError(f"{options['map'].name}: {error}") from error
            except SourceError as error:
                said = reasons.file_reason(error.code, error.details)
                raise CommandError(f"{options['file'].name}: {said}") from error

    def _import(self, importer: Importer, source: Source, options: dict[str, Any]) -> None:
        report = reasons.Report(
            options["report"] or Path(f"{options['file'].name}.not-imported.csv")
        )
        progress = Progress(self.stderr, source.size)
        total = Batch()
        found = islice(source.rows(importer.chart), options["limit"])
        try:
            rows = _good(found, report)
            for batch in _taken(importer, batches(rows, BATCH), options["jobs"]):
                for bad in batch.bad:
                    report.add(bad)
                _add(total, batch)
                progress.to(source.position, f"{total.made} ")
        finally:
            source.close()
        progress.end()
        self.stdout.write(
            f"{total.made} rows imported ({total.closed} closed, {total.late} after the old "
            f"target), {total.known} known already, {report.count} not imported."
        )
        if report.count:
            self.stdout.write(f"Those and the reasons are in {report.path}.")


def _good(found: Iterable[Row | Bad], report: reasons.Report) -> Iterator[Row]:
    for row in found:
        if isinstance(row, Bad):
            report.add(row)
        else:
            yield row


def _taken(importer: Importer, given: Iterator[list[Row]], jobs: int) -> Iterator[Batch]:
    """The outcome of every batch, `jobs` of them at the same time, in the order of the file."""
    if jobs == 1:
        yield from map(importer.take, given)
        return
    with ThreadPoolExecutor(jobs) as pool:
        waiting: list[Future[Batch]] = []
        for batch in given:
            waiting.append(pool.submit(_alone, importer, batch))
            if len(waiting) >= jobs * AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _alone(importer: Importer, batch: list[Row]) -> Batch:
    """One batch on a connection of this thread's own."""
    try:
        return importer.take(batch)
    finally:
        connection.close()


def _add(total: Batch, batch: Batch) -> None:
    total.made += batch.made
    total.closed += batch.closed
    total.known += batch.known
    total.late += batch.late


def _policy(city: str) -> CityPolicy:
    try:
        policy = policies.current()
    except policies.NoPolicy:
        raise CommandError("No city is loaded: run `manage.py load_city NAME` first.") from None
    if city and policy.name != city:
        raise CommandError(f"The city in force is {policy.name}, not {city}.")
    return policy
