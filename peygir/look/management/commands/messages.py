"""`manage.py messages extract|merge|compile|check`: the words of the pages, with Babel alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.look import catalogue


class Command(BaseCommand):
    """Bring the catalogue up to date, take over words, compile it, or prove it complete."""

    help = "Extract, merge, compile or check the translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        todo = parser.add_subparsers(dest="what", required=True)
        extract = todo.add_parser("extract", help="find messages; keep their translations")
        extract.add_argument("--drop", action="store_true", help="forget words no longer used")
        merge = todo.add_parser("merge", help="take the translations of another PO file")
        merge.add_argument("file", type=Path)
        todo.add_parser("compile", help="write the .mo file that pages read")
        todo.add_parser("check", help="fail unless every message is translated and used")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do it, and say in one line what was done."""
        if what == "extract":
            found = catalogue.extract(drop_unused=options["drop"])
            self.stdout.write(f"{len(found)} messages in {catalogue.CATALOGUE.name}")
        elif what == "merge":
            if not options["file"].is_file():
                raise CommandError(f"{options['file']}: no such file")
            self.stdout.write(f"{catalogue.merge(options['file'])} translations taken")
        elif what == "compile":
            self.stdout.write(f"{catalogue.compile_mo().name} written")
        else:
            wrong = catalogue.problems()
            if wrong:
                lines = "\n".join(f"{one.kind}: {one.message_id!r}" for one in wrong)
                raise CommandError(f"{len(wrong)} to do in {catalogue.CATALOGUE.name}\n{lines}")
            self.stdout.write("Every message is translated.")
