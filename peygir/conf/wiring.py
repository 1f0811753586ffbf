"""The only upward wiring: which rooms are installed, who follows events, which channels exist.

Add a report: one line in PROJECTORS. Add a channel: one line in CHANNELS. See docs for both.
"""

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
    "peygir.channels.api",
    "peygir.channels.outbox",
)

# Functions project(batch: Sequence[Recorded]) -> None, called in the writing transaction.
PROJECTORS: tuple[str, ...] = (
    "peygir.notices.project.project",
    "peygir.evaluation.project.project",
    "peygir.boards.urgency.project",
)

# Functions check(scope: Scope) -> Iterator[str]: where derived rows differ from the events.
REPLAY_CHECKS: tuple[str, ...] = (
    "peygir.boards.replay.policies",
    "peygir.boards.replay.cases",
    "peygir.evaluation.replay.check",
    "peygir.boards.urgency.check",
)
