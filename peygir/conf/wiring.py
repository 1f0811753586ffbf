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
    "peygir.publication",
    "peygir.analysis",
    "peygir.desk",
    "peygir.portal",
    "peygir.observatory",
    "peygir.worker",
    "peygir.demo",
)

CHANNELS = (
    "peygir.channels.sms",
    "peygir.channels.email",
    "peygir.channels.phone",
    "peygir.channels.api",
    "peygir.channels.office",
    "peygir.channels.outbox",
)

# Functions project(batch: Sequence[Recorded]) -> None, called in the writing transaction.
PROJECTORS: tuple[str, ...] = (
    "peygir.notices.project.project",
    "peygir.evaluation.project.project",
    "peygir.channels.office.project.project",
    "peygir.boards.urgency.project",
    "peygir.boards.outside.project",
    "peygir.boards.contacts.project",
    "peygir.publication.terms.project",
)

# Functions turn() -> bool that the worker takes in a loop of its own, each so many seconds; True
# asks for another one at once.
TURNS: tuple[tuple[str, float], ...] = (
    ("peygir.channels.office.turns.push", 2),
    ("peygir.channels.office.turns.compare", 15),
    ("peygir.publication.turns.list_receipts", 2),
    ("peygir.worker.figures.publish", 180),
    ("peygir.worker.figures.tell_terms", 30),
    ("peygir.worker.intake.tell", 300),
    ("peygir.worker.second_calls.draw", 600),
    ("peygir.worker.inspections.draw", 60),
    ("peygir.worker.lookback.keep", 60),
)

# Functions forgotten(at: datetime) -> Iterator[tuple[str, str, QuerySet]]: name, words and the rows
# that nobody may forget; any at all is an alarm of the worker's hourly audit.
AUDITS: tuple[str, ...] = (
    "peygir.channels.office.state.forgotten",
    "peygir.ledger.log.status.forgotten",
    "peygir.boards.reconcile.forgotten",
)

# Function leaves(events, chains) -> Iterable[Draft]: what the public log is told of events; it is
# not sealed while this is empty.
LEAVES = "peygir.publication.leaves.leaves"

# Function code_of(case_id) -> str: what a message says of a case's place in the public log.
RECEIPT = "peygir.publication.receipts.code_of"

# Functions check(scope: Scope) -> Iterator[str]: where derived rows differ from the events.
REPLAY_CHECKS: tuple[str, ...] = (
    "peygir.boards.replay.policies",
    "peygir.boards.replay.cases",
    "peygir.evaluation.replay.check",
    "peygir.boards.urgency.check",
    "peygir.boards.outside.check",
    "peygir.boards.overlays.check",
    "peygir.boards.contacts.check",
    "peygir.analysis.found.check",
    "peygir.ledger.log.check.replay",
)
