"""The tree of the public log that belongs to an instant: what a lot is drawn from.

It ends with the first leaf of a case, in the order of the log, whose time is the instant or later.
So whoever draws chooses nothing by the moment of drawing, and anybody with a copy finds the same
tree: `verify sample --at`.
"""

import math
from datetime import datetime
from typing import Final

from peygir.ledger import read
from peygir.ledger.log import files, places
from peygir.ledger.statement import run
from peygir.verify.lots import TreeAt
from peygir.verify.tiles import Reader, Tree

# An event's time and its leaf's are the same; leaves of sealed complaints show none.
FIRST: Final = """
select l."index" from ledger_event e join ledger_leaf l on l.event_id = e.id
where e.id >= %s and e.subject = 'case' and e.happened_at >= %s
 and position('"et":'::bytea in l.body) > 0 and position('"case":"'::bytea in l.body) > 0
order by l."index" limit 1
"""


class NoLog(Exception):
    """Nothing was published yet."""


def has_log() -> bool:
    """Whether lots are drawn from a log."""
    return next(places.stretches(), None) is not None


def tree_at(at: datetime) -> TreeAt | None:
    """The tree of an instant (its whole second, or the next); None while no signed checkpoint has
    its last leaf. Raises NoLog."""
    known = list(places.stretches())
    if not known:
        raise NoLog
    second = datetime.fromtimestamp(math.ceil(at.timestamp()), at.tzinfo)
    found = run(FIRST, [read.floor(second), second])
    if not found:
        return None
    place = found[0][0]
    for year, first, end in known:
        if first <= place < end:
            folder, size = files.year_folder(year), place - first + 1
            root = Tree(Reader(folder), end - first).root(size)
            return TreeAt(leaf=size - 1, size=size, root=root)
    return None
