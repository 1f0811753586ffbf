"""`manage.py verifier`: the program by which outsiders check the log, as one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from peygir.publication import verifier
from peygir.verify.join import digest, joined


class Command(BaseCommand):
    """Publish the verifier, or write it elsewhere."""

    help = "Publish the one-file verifier of the public log beside it, or write it to --out."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write it."""
        parser.add_argument("--out", type=Path, help="file to write instead of publishing it")

    def handle(self, *args: Any, out: Path | None, **options: Any) -> None:
        """Write the file and say its SHA-256."""
        if out is None:
            self.stdout.write(verifier.publish())
        else:
            out.write_bytes(joined())
            self.stdout.write(digest())
