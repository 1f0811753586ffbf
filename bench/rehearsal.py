"""Replaying a month of a city with a draft, and checking every city: python -m bench.rehearsal.

The window is as long as it takes to hold MONTH cases of the bench database, so that a year of a
million cases serves as well as a month of a hundred thousand.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.common import ROOT, machine, prepare_django

MONTH: Final = 100_000  # cases
TARGET_REPLAY_S: Final = 20
TARGET_CHECK_S: Final = 5


def main() -> None:
    prepare_django()
    print(machine())
    print(check())
    for line in replay():
        print(line)


def check() -> str:
    """Loading and proving every city, as `manage.py policy check` does."""
    from peygir.policy.check import require
    from peygir.policy.load import load_city

    folders = [p.parent for p in sorted((ROOT / "cities").glob("[!_]*/policy.toml"))]
    began = time.monotonic()
    for folder in folders:
        require(load_city(folder))
    spent = time.monotonic() - began
    return f"policy check of {len(folders)} cities: {spent:.1f} s (target {TARGET_CHECK_S})"


def replay() -> list[str]:
    """Three drafts: a shorter class, working hours, another route."""
    from peygir.boards.rehearsal import rehearse
    from peygir.policy import edit
    from peygir.policy.load import load_city, load_files

    at = datetime.now(UTC)
    since = _since(at)
    base = load_city(ROOT / "cities" / "qom")
    drafts = {
        "a class of 12 hours": edit.put_classes(
            base.files, {"services": {"due": "12h", "fa": "خدماتی", "en": "Services"}}
        ),
        "a class of 12 working hours": edit.put_classes(
            base.files, {"services": {"due": "12wh", "fa": "خدماتی", "en": "Services"}}
        ),
        "another unit for green space": edit.put_routes(base.files, {"green": "parks"}),
    }
    found = []
    for words, files in drafts.items():
        began = time.monotonic()
        seen = rehearse(base, load_files("qom", files), at=at, since=since)
        spent = time.monotonic() - began
        found.append(
            f"{words}: {seen['cases']:,} cases, {seen['referrals']:,} referrals in {spent:.1f} s "
            f"(target {TARGET_REPLAY_S}): {seen['newly_late']:,} newly late, "
            f"{seen['no_longer']:,} no longer, {seen['elsewhere']:,} elsewhere, "
            f"{seen['moved']} units change rank"
        )
    return found


def _since(at: datetime) -> datetime:
    """The opening of the MONTH-th youngest case; the oldest where there are fewer."""
    from peygir.cases.models import Case

    opened = Case.objects.filter(opened_at__lt=at).order_by("-opened_at")
    found = opened.values_list("opened_at", flat=True)[MONTH - 1 : MONTH].first()
    return found or at - timedelta(days=400)


if __name__ == "__main__":
    main()
