"""`manage.py office`: look at the connection to the office automation, and set it going by hand."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.channels.office import contact, turns
from peygir.channels.office.message import NUMBER
from peygir.channels.office.models import Person
from peygir.channels.office.push import BATCH, push
from peygir.channels.office.reconcile import reconcile
from peygir.channels.office.state import standing
from peygir.people.models import Staff


class Command(BaseCommand):
    """status, push, reconcile, person."""

    help = "Show, push to and compare with the office automation; say whose personnel number it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """One word says what to do."""
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("status", help="numbers only; exit code 1 when something waits too long")
        what.add_parser("push", help="tell everything that waits, now")
        compare = what.add_parser("reconcile", help="compare both sides and mend what differs")
        compare.add_argument("--all", action="store_true", help="from the beginning of their list")
        person = what.add_parser("person", help="link a personnel number to a user name")
        person.add_argument("number")
        person.add_argument("username")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do it at this instant."""
        if what == "status":
            self._status()
        elif what == "push":
            self._push()
        elif what == "reconcile":
            self._reconcile(whole=options["all"])
        else:
            self._person(options["number"], options["username"])

    def _status(self) -> None:
        found = standing(at=turns.now())
        self.stdout.write(f"waiting     {found.waiting}")
        self.stdout.write(f"oldest      {found.oldest_at or '-'}")
        self.stdout.write(f"open there  {found.open_there}")
        self.stdout.write(f"last answer {found.contact.ok_at or '-'} {found.contact.failure}")
        self.stdout.write(f"compared    {found.contact.compared_at or '-'}")
        if found.is_late:
            sys.exit(1)

    def _push(self) -> None:
        contact.try_again(turns.now())
        told, taken = 0, BATCH
        while taken == BATCH:
            taken = push(at=turns.now())
            told += taken
        self.stdout.write(f"told {told}")

    def _reconcile(self, *, whole: bool) -> None:
        report = reconcile(at=turns.now(), whole=whole)
        if report is None:
            raise CommandError("Another process is comparing right now.")
        self.stdout.write(f"read {report.read}")
        for kind, count in sorted(report.found.items()):
            self.stdout.write(f"{kind}: found {count}, mended {report.mended.get(kind, 0)}")
        if report.failure:
            raise CommandError(f"It did not work: {report.failure}.")

    def _person(self, number: str, username: str) -> None:
        staff = Staff.objects.filter(username=username, is_active=True).first()
        if staff is None or not NUMBER.fullmatch(number):
            raise CommandError("No such user name, or no number of letters and digits.")
        Person.objects.filter(staff_id=staff.pk).exclude(pk=number).delete()
        Person.objects.update_or_create(number=number, defaults={"staff_id": staff.pk})
        self.stdout.write(f"{number} is {username}")
