"""`manage.py publish`: public figures now, or a period anew."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.publication import figures
from peygir.verify.months import BadPeriod, parse_period


class Command(BaseCommand):
    """Publish figures that are due, or revise some that were published."""

    help = "Publish the figures that are due now; with --revise, one period anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which period to revise."""
        parser.add_argument("--revise", metavar="PERIOD", help="a day, month or year: 1405-07")

    def handle(self, *args: Any, revise: str | None, **options: Any) -> None:
        """Publish; say what was."""
        at = datetime.now(UTC)
        if revise is None:
            done = figures.publish(at=at)
            self.stdout.write(" ".join(done) if done else "Nothing new.")
            return
        try:
            parse_period(revise)
            changed = figures.revise(revise, at=at)
        except BadPeriod as error:
            raise CommandError(str(error)) from None
        except LookupError:
            raise CommandError(f"{revise} is not published") from None
        self.stdout.write("Revised." if changed else "No later leaf changes it.")
