"""`manage.py publish`: public figures now, with what waits for the public log; or a period anew."""

from datetime import UTC, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.ledger.log import seal as log
from peygir.publication import figures, listing
from peygir.verify.months import BadPeriod, parse_period

BIT: Final = 500  # events; their leaves lie in any order, so a long past is sealed bit by bit


class Command(BaseCommand):
    """Publish figures that are due, or revise some that were published."""

    help = "Publish the figures that are due now; with --revise, one period anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to seal too, or which period to revise."""
        parser.add_argument(
            "--seal",
            action="store_true",
            help="seal what waits for the public log before and after",
        )
        parser.add_argument("--revise", metavar="PERIOD", help="a day, month or year: 1405-07")

    def handle(self, *args: Any, revise: str | None, seal: bool, **options: Any) -> None:
        """Publish; say what was."""
        at = datetime.now(UTC)
        if revise is None:
            _seal(at, seal)
            done = figures.publish(at=at)
            _seal(at, seal and bool(done))  # the leaves that announce them
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


def _seal(at: datetime, wanted: bool) -> None:
    """Give everything that waits its place in the public log, as the worker does bit by bit."""
    while wanted and log.seal(at=at, at_once=True, limit=BIT):
        pass
    while wanted and listing.list_new():
        pass
