"""manage.py demo: a simulated past of some weeks, people, and one account per role."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from peygir.cases import policies
from peygir.cases.models import Case, PolicyVersion
from peygir.demo import cast, life, reach, texts
from peygir.demo.models import THE_ONE, Simulator
from peygir.demo.progress import Progress
from peygir.demo.town import Town
from peygir.ledger.entry import SYSTEM
from peygir.policy.errors import PolicyError
from peygir.policy.model import CityPolicy
from peygir.publication import terms

GAP_MIN: Final = timedelta(hours=2)  # a shorter pause since the last run is left as it is
DAYS_MAX: Final = 120
PER_DAY: Final = 120.0  # of a past whose length is asked for
PER_DAY_MAX: Final = 5_000


class Command(BaseCommand):
    help = "Fill the city with simulated people and a simulated past; a second run adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--city", help="adopt this city first, in force since the past begins where it is new"
        )
        parser.add_argument(
            "--days", type=int, help="how long ago it starts (with the month of five weeks ago)"
        )
        parser.add_argument(
            "--per-day", type=float, help="reports a day (1400 in all; 120 with --days)"
        )
        parser.add_argument("--seed", type=int, default=137, help="the same seed, the same city")

    def handle(self, *args: Any, **options: Any) -> None:
        days, per_day, at = options["days"], options["per_day"], datetime.now(UTC)
        days_fit = days is None or 1 <= days <= DAYS_MAX
        if not days_fit or not (per_day is None or 1 <= per_day <= PER_DAY_MAX):
            raise CommandError(f"--days: 1 to {DAYS_MAX}; --per-day: 1 to {PER_DAY_MAX}.")
        begins = _begins(at, days)
        policy = _policy(options["city"], begins)
        start = _start(at, begins)
        rng = Random(options["seed"])  # noqa: S311 - chances of a simulation, no secret
        try:
            words = texts.load(settings.BASE_DIR / "cities" / policy.name, policy)
        except texts.NoTexts as missing:
            raise CommandError(str(missing)) from missing
        if cast.hire(policy, words, at=at, rng=rng):
            chance = Random(options["seed"])  # noqa: S311 - of its own: the past stays the same
            cast.change_hands(policy, words, start=start, at=at, rng=chance)
            terms.tell(policy, at=start)
        terms.tell(policy, at=at)  # before any case: a log tells first who holds an office
        if at - start >= GAP_MIN:
            even = per_day or (PER_DAY if days else None)
            pace = reach.growing(begins, at) if even is None else reach.steady(even)
            self._live(Town(policy, words, cast.Cast(policy), rng), start, at, pace)
        self._greet(policy, words)

    def _live(self, town: Town, start: datetime, end: datetime, pace: reach.Pace) -> None:
        total = (end - start) / life.SLICE
        progress = Progress(self.stderr, int(total))
        played = life.Life(town)
        life.past(played, start, end, pace, lambda at: progress.to(int((at - start) / life.SLICE)))
        progress.end()
        life.settle_notices(end)

    def _greet(self, policy: CityPolicy, words: texts.Texts) -> None:
        """Which accounts there are, for whoever started this."""
        count = Case.objects.filter(simulated=True).count()
        self.stdout.write(
            f"  Simulated city with {count} cases. Accounts, password {cast.PASSWORD}:"
        )
        width = max(map(len, words.accounts), default=0)
        for username, post in words.accounts.items():
            said = policy.organisation.posts[post].words
            self.stdout.write(f"    {username:<{width}} {said.en} — {said.fa}")


def _begins(at: datetime, days: int | None) -> datetime:
    """Where a new past begins."""
    if days is None:
        return reach.beginning(at, settings.TIME_ZONE)
    return at.replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


def _policy(city: str | None, begins: datetime) -> CityPolicy:
    """The policy in force; `city` is adopted first, and is as old as the past where it is new.

    Raises CommandError where nothing is in force, or another city is.
    """
    if city is not None and PolicyVersion.objects.exists():
        call_command("load_city", city, stdout=StringIO())
    elif city is not None:
        try:
            policies.adopt(settings.BASE_DIR / "cities" / city, actor=SYSTEM, at=begins)
        except PolicyError as refusal:
            raise CommandError(str(refusal)) from refusal
    try:
        return policies.current()
    except policies.NoPolicy:
        raise CommandError("No city is loaded: run `manage.py load_city NAME` first.") from None


def _start(at: datetime, begins: datetime) -> datetime:
    """Where the simulated past begins, or goes on after the last run.

    Raises CommandError in a database that serves real citizens.
    """
    known = Simulator.objects.filter(pk=THE_ONE).first()
    if known is None:
        if Case.objects.filter(simulated=False).exists():
            raise CommandError("This database holds real cases: the demo is not for it.")
        return begins
    if known.is_paused:
        return at
    reached = max(filter(None, (known.finished_at, known.beat_at)), default=at)
    return max(reached, begins)
