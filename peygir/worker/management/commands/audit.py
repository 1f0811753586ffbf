"""`manage.py audit`: is anything forgotten? Exit code 1 when somebody must look."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from peygir.worker import audit, turns


class Command(BaseCommand):
    """Print each question with its answer; numbers only."""

    help = "Check that no deadline, pause, message or worker is forgotten; exit code 1 if one is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask everything now."""
        found = audit.findings(at=turns.now())
        for each in found:
            mark = "ALARM" if each.alarming else "ok"
            self.stdout.write(f"{mark:5} {each.count:>6}  {each.words}")
        if any(each.alarming for each in found):
            sys.exit(1)
