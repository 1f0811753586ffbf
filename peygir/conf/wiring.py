"""The only upward wiring: which rooms are installed, who follows events, which channels exist.

Add a report: one line in PROJECTORS. Add a channel: one line in CHANNELS. See docs for both.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

ROOMS = (
    "peygir.conf",
    "peygir.look",
    "peygir.ledger",
    "peygir.people",
    "peygir.cases",
    "peygir.boards",
    "peygir.notices",
    "peygir.evaluation",
    "peygir.desk",
    "peygir.portal",
    "peygir.worker",
    "peygir.demo",
)

CHANNELS = (
    "peygir.channels.sms",
    "peygir.channels.email",
    "peygir.channels.phone",
    "peygir.channels.outbox",
)

# Functions project(batch: Sequence[Recorded]) -> None, called in the writing transaction.
PROJECTORS: tuple[str, ...] = (
    "peygir.boards.project.project",
    "peygir.notices.project.project",
    "peygir.evaluation.project.project",
)

# Functions check(scope: Scope) -> Iterator[str]: where derived rows differ from the events.
REPLAY_CHECKS: tuple[str, ...] = (
    "peygir.boards.replay.policies",
    "peygir.boards.replay.cases",
    "peygir.evaluation.replay.check",
)


def is_here(module: str) -> bool:
    """Whether a dotted path of this package exists on disk."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    return (path / "__init__.py").exists() or path.with_suffix(".py").exists()
