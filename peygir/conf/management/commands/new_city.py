"""`manage.py new_city CODE --fa NAME --en NAME [--districts N]`: begin a city from the template."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.conf.new_city import NewCity, make
from peygir.policy.errors import PolicyError

CITIES = Path(settings.BASE_DIR) / "cities"

NEXT = """cities/{code} is there, and sound as it is. Now:
  1. change its files; each says in its comments what may stand there
     (docs/how-to/add-a-city.md)
  2. manage.py policy check {code}     proves it
  3. manage.py policy draw {code}      shows it to those who decide
  4. ./run {code}                      serves it, with living demo data"""


class Command(BaseCommand):
    """Make the folder of a new city."""

    help = "Begin a new city from cities/_template."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder's name, and how the city is called."""
        parser.add_argument("code", help="name of its folder: Latin letters, digits, - and _")
        parser.add_argument("--fa", required=True, help="its name in Persian")
        parser.add_argument("--en", required=True, help="its name in English")
        parser.add_argument("--districts", type=int, default=2, help="how many (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what comes next, or what is wrong."""
        asked = {name: options[name] for name in ("code", "fa", "en", "districts")}
        try:
            make(NewCity(**asked), CITIES)
        except PolicyError as error:
            raise CommandError(error.reason) from error
        self.stdout.write(NEXT.format(code=options["code"]))
