"""Replays drafts of a policy that somebody asked for: up to twenty seconds of counting each.

In a loop of its own, so that no deadline waits behind it. Several workers share the work; one that
dies is followed by another, for the claim is the database session's.
"""

import time
from typing import Final

from peygir.boards.rehearsal import rehearse
from peygir.cases import drafts
from peygir.cases.models import Draft
from peygir.cases.policies import by_digest
from peygir.ledger.statement import run
from peygir.policy.load import load_files

TELLS_EVERY_S: Final = 0.5  # how often the page learns how far it is


def turn() -> bool:
    """Replay the draft that waits longest; True when another waits."""
    waiting = drafts.waiting()
    for draft_id in waiting:
        [(ours,)] = run("select pg_try_advisory_lock(%s::bigint)", (draft_id,))
        if ours:
            try:
                _replay(draft_id)
            finally:
                run("select pg_advisory_unlock(%s::bigint)", (draft_id,))
            return len(waiting) > 1
    return False


def _replay(draft_id: int) -> None:
    draft = Draft.objects.select_related("base").get(pk=draft_id)
    if draft.asked_at is None:  # another worker was quicker
        return
    asked = Draft.objects.filter(pk=draft_id, asked_at=draft.asked_at)
    began = told = time.monotonic()

    def advance(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= TELLS_EVERY_S:
            told = time.monotonic()
            asked.update(progress={"share": round(share, 3)})

    new = load_files(draft.base.city, draft.files)  # `ask` has read them before
    found = rehearse(by_digest(draft.base_id), new, at=draft.asked_at, advance=advance)
    found["seconds"] = round(time.monotonic() - began, 1)
    # Changed meanwhile: then it was about other words, and whoever changed it has to ask again.
    asked.update(rehearsal=found, asked_at=None, progress={})
