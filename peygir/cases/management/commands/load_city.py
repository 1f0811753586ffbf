"""manage.py load_city NAME: adopt the policy in cities/NAME/ if it is not the one in force."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from peygir.cases.models import PolicyVersion
from peygir.cases.policies import adopt
from peygir.ledger.entry import SYSTEM
from peygir.policy.errors import PolicyError


class Command(BaseCommand):
    help = "Adopt a city's policy, calendar and organisation from its folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("city", nargs="?", default=settings.PEYGIR_CITY)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "cities" / options["city"]
        other = PolicyVersion.objects.exclude(city=options["city"]).values_list("city", flat=True)
        if folder.is_dir() and (holds := other.first()) is not None:
            raise CommandError(
                f"this database holds {holds}, whose cases are no business of {options['city']}: "
                "give each city a database of its own (PEYGIR_DB_NAME, PEYGIR_DATA_DIR)"
            )
        try:
            policy, new = adopt(folder, actor=SYSTEM, at=timezone.now())
        except PolicyError as refusal:
            raise CommandError(str(refusal)) from refusal
        state = "adopted" if new else "already in force"
        self.stdout.write(f"{policy.words.en}: {state} (policy {policy.digest[:12]})")
