"""Keep the rows that looking back over a year asks."""

from peygir.analysis import keeping
from peygir.worker.turns import is_adopted, now


def keep() -> bool:
    """One turn of the worker's loop; True when more waits."""
    return is_adopted() and keeping.turn(at=now())
