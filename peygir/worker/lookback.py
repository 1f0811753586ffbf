"""Keep the rows that looking back over a year asks."""

from peygir.analysis import keeping
from peygir.worker.turns import is_adopted, now


def keep() -> bool:
    """One turn of the worker's loop; True when more waits."""
    return is_adopted() and keeping.turn(at=now())


def again() -> bool:
    """Look at some of them again by night, for about a second; True when more waits."""
    return is_adopted() and keeping.again(at=now())
