"""That somebody read the whole story of a case, as an event of its own: it changes no case (I7)."""

from datetime import datetime

from peygir.cases.state import CaseState
from peygir.ledger import write
from peygir.ledger.entry import Actor, Entry, Recorded

SUBJECT = "reading"


def log(state: CaseState, *, actor: Actor, policy: str, at: datetime, page: str) -> Recorded:
    """Write down who read it and on which `page`; `policy`: digest of the one in force."""
    entry = Entry(
        subject=SUBJECT,
        subject_id=state.id,
        kind="reading.opened",
        stage=state.stage,
        cycle=state.cycle,
        unit=state.unit,
        actor=actor,
        happened_at=at,
        policy=policy,
        facts={"page": page},
    )
    return write.append([entry])[0]
