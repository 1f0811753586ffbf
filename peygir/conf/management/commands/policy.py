"""`manage.py policy check [CITY…]` and `manage.py policy draw CITY [--lang fa|en] [-o FILE]`."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.policy.check import check
from peygir.policy.draw import draw
from peygir.policy.load import PolicyError, load_city
from peygir.policy.model import CityPolicy

CITIES = Path(settings.BASE_DIR) / "cities"


class Command(BaseCommand):
    """Prove the policies of cities, or draw one."""

    help = "Prove the policies of cities (check), or draw one as SVG (draw)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do and with which folders of cities/."""
        what = parser.add_subparsers(dest="what", required=True)
        checking = what.add_parser("check", help="prove policies; every city when none is named")
        checking.add_argument("city", nargs="*")
        drawing = what.add_parser("draw", help="draw a policy as SVG")
        drawing.add_argument("city")
        drawing.add_argument("-o", dest="file", help="write here instead of to standard output")
        for each in (checking, drawing):
            each.add_argument("--lang", choices=["fa", "en"], default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 with file, key and reason when a policy is refused."""
        if options["what"] == "draw":
            self._draw(options["city"], options["lang"] or "fa", options["file"])
            return
        refused = 0
        for city in options["city"] or _all_cities():
            refused += not self._check(city, options["lang"] or "en")
        if refused:
            sys.exit(1)

    def _check(self, city: str, language: str) -> bool:
        self.stdout.write(self.style.MIGRATE_HEADING(city))
        try:
            report = check(_folder(city))
        except PolicyError as error:
            self.stderr.write(f"  ✗ {error}")
            return False
        for words in report.proved:
            self.stdout.write(f"  ✓ {words.in_(language)}")
        for bound in report.bounds:
            self.stdout.write(f"  ≤ {bound.text(language)}")
        for finding in report.findings:
            self.stderr.write(f"  ✗ {finding}")
        return report.is_sound

    def _draw(self, city: str, language: str, file: str | None) -> None:
        try:
            svg = draw(_folder(city), language)
        except PolicyError as error:
            raise CommandError(str(error)) from error
        if file is None:
            self.stdout.write(svg)
            return
        try:
            Path(file).write_text(svg, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error


def _all_cities() -> list[str]:
    """Every folder of cities/ but the template, which begins with an underscore."""
    return sorted(each.name for each in CITIES.iterdir() if each.is_dir() and each.name[0] != "_")


def _folder(city: str) -> CityPolicy:
    if not (CITIES / city).is_dir() or Path(city).name != city:
        raise CommandError(f"there is no folder cities/{city}")
    return load_city(CITIES / city)
