"""manage.py replay --check: rebuild every derived table from the events and compare."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from peygir.boards import reconcile
from peygir.boards.replay import Scope, differences
from peygir.cases import policies


class Command(BaseCommand):
    help = "Rebuild every derived table from the events and compare; ends with 1 on a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", required=True, help="compare only")
        parser.add_argument("--sample", type=int, help="so many cases, chosen at random")
        parser.add_argument(
            "--all", action="store_true", help="keep the result as that of tonight's comparison"
        )
        parser.add_argument("--show", type=int, default=20, help="differences printed (20)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] is not None and options["sample"] < 1:
            raise CommandError("--sample needs a number of cases, 1 or more.")
        if options["all"]:
            self._keep(options["sample"])
            return
        scope = Scope(sample=options["sample"], advance=self._advance)
        found = differences(scope)
        shown = list(islice(found, max(1, options["show"])))
        more = sum(1 for _ in found)
        for line in shown:
            self.stdout.write(line)
        if shown:
            raise CommandError(f"{len(shown) + more} differences between the events and the rows.")
        self._equal(scope)

    def _keep(self, sample: int | None) -> None:
        """Compare everything, whatever the nights have compared, and let their page know."""
        if sample is not None:
            raise CommandError("--all and --sample exclude each other.")
        row, scope = reconcile.whole(
            policies.current(), at=datetime.now(UTC), advance=self._advance
        )
        for line in row.lines:
            self.stdout.write(line)
        if row.found:
            raise CommandError(f"{row.found} differences between the events and the rows today.")
        self._equal(scope)

    def _equal(self, scope: Scope) -> None:
        counted = ", ".join(f"{number} {name}" for name, number in scope.counted.items())
        self.stdout.write(f"Equal: {counted}.")

    def _advance(self, done: int, total: int) -> None:
        """A bar on a terminal; nothing in a log."""
        if self.stderr.isatty():
            bar = "█" * (30 * done // max(total, 1))
            self.stderr.write(f"\r  {bar:<30} {done}/{total}", ending="\n" if done >= total else "")
