"""manage.py demo: a simulated fortnight with history, people, and one account per role."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peygir.cases import policies
from peygir.cases.models import Case
from peygir.demo import cast, life, texts
from peygir.demo.models import THE_ONE, Simulator
from peygir.demo.progress import Progress
from peygir.demo.town import Town
from peygir.policy.model import CityPolicy

GAP_MIN: Final = timedelta(hours=2)  # a shorter pause since the last run is left as it is
DAYS_MAX: Final = 120
PER_DAY_MAX: Final = 5_000


class Command(BaseCommand):
    help = "Fill the city with simulated people and a simulated past; a second run adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=14, help="how long ago it starts (14)")
        parser.add_argument("--per-day", type=float, default=120, help="reports a day (120)")
        parser.add_argument("--seed", type=int, default=137, help="the same seed, the same city")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= DAYS_MAX or not 1 <= options["per_day"] <= PER_DAY_MAX:
            raise CommandError(f"--days: 1 to {DAYS_MAX}; --per-day: 1 to {PER_DAY_MAX}.")
        policy = _policy()
        at = datetime.now(UTC)
        start = _start(at, options["days"])
        rng = Random(options["seed"])  # noqa: S311 - chances of a simulation, no secret
        try:
            words = texts.load(settings.BASE_DIR / "cities" / policy.name, policy)
        except texts.NoTexts as missing:
            raise CommandError(str(missing)) from missing
        cast.hire(policy, words, at=at, rng=rng)
        if at - start >= GAP_MIN:
            self._live(Town(policy, words, cast.Cast(policy), rng), start, at, options["per_day"])
        self._greet(policy, words)

    def _live(self, town: Town, start: datetime, end: datetime, per_day: float) -> None:
        total = (end - start) / life.SLICE
        progress = Progress(self.stderr, int(total))
        played = life.Life(town)
        life.past(
            played, start, end, per_day, lambda at: progress.to(int((at - start) / life.SLICE))
        )
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


def _policy() -> CityPolicy:
    try:
        return policies.current()
    except policies.NoPolicy:
        raise CommandError("No city is loaded: run `manage.py load_city NAME` first.") from None


def _start(at: datetime, days: int) -> datetime:
    """Where the simulated past begins, or goes on after the last run.

    Raises CommandError in a database that serves real citizens.
    """
    known = Simulator.objects.filter(pk=THE_ONE).first()
    hour = at.replace(minute=0, second=0, microsecond=0)
    if known is None:
        if Case.objects.filter(simulated=False).exists():
            raise CommandError("This database holds real cases: the demo is not for it.")
        return hour - timedelta(days=days)
    if known.is_paused:
        return at
    reached = max(filter(None, (known.finished_at, known.beat_at)), default=at)
    return max(reached, hour - timedelta(days=days))
