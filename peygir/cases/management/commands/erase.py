"""`manage.py erase`: destroy what was said in a closed case, in the name of two people; or in those
that are older than the city keeps words."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from peygir.cases import erasing
from peygir.ledger.entry import Actor
from peygir.people import organisation
from peygir.people.models import Staff

WORDS: Final = {
    "unknown": "there is no such case that both may erase",
    "not_allowed": "one of them may not erase cases",
    "open": "the case is still open",
    "erased": "it is erased already",
    "already": "somebody has asked for it: confirm or refuse it on /desk/erasures/",
    "same_person": "two different people have to say so",
}


class Command(BaseCommand):
    """Erase a case, or all whose time is over."""

    help = (
        "Destroy words, names, pictures and the key of a closed case, or of all that are too old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The case, why, and who wants it; or nothing, for those whose time is over."""
        parser.add_argument("code", nargs="?", help="tracking code; without it: by age")
        parser.add_argument("--reason", choices=erasing.REASONS, default="request")
        parser.add_argument("--asked-by", metavar="USERNAME", default="")
        parser.add_argument("--confirmed-by", metavar="USERNAME", default="")

    def handle(self, *args: Any, code: str | None, **options: Any) -> None:
        """Erase; say what was."""
        at = datetime.now(UTC)
        if code is None:
            self.stdout.write(f"{self._old(at)} cases erased.")
            return
        first = self._person(options["asked_by"], at)
        second = self._person(options["confirmed_by"], at)
        try:
            erasing.at_once(code, options["reason"], first=first, second=second, at=at)
        except erasing.CannotErase as refused:
            raise CommandError(f"Nothing was erased: {WORDS[refused.code]}.") from None
        self.stdout.write("1 case erased.")

    def _old(self, at: datetime) -> int:
        if erasing.kept_months() is None:
            raise CommandError("Nothing was erased: city.toml has no limits.keep_months.")
        erased = 0
        while found := erasing.by_age(at=at):
            erased += found
        return erased

    def _person(self, username: str, at: datetime) -> Actor:
        person = Staff.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError("Nothing was erased: name two people with their accounts.")
        return organisation.actor_of(person, at=at)
