"""`manage.py analysis`: the rows that looking back asks, made anew or compared with the cases."""

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.analysis import rebuilding


class Command(BaseCommand):
    """Make the rows of the analytics desk anew, or compare them with the cases."""

    help = "Make the rows of the analytics desk anew from the cases (rebuild), or compare (check)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=("rebuild", "check"))

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do it with a line of progress; `check` ends with 1 when anything differs."""
        if what == "rebuild":
            changed = rebuilding.rebuild(self._advance, at=datetime.now(UTC))
            self.stdout.write(f"Made anew; {changed:,} rows were not up to date.")
            return
        try:
            found = rebuilding.check(self._advance)
        except rebuilding.NotFilled:
            raise CommandError("The rows are not filled yet: the worker does it.") from None
        if not found.is_right:
            raise CommandError(f"{found.rows:,} rows and {found.sums:,} sums differ.")
        self.stdout.write(f"The rows of {found.cases:,} cases are what the cases say.")

    def _advance(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done >= total else ""
            self.stderr.write(f"\r  {done:,} of {total:,} cases ", ending=end)
            self.stderr.flush()
