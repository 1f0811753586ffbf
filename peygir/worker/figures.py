"""Publish figures as they fall due."""

from peygir.cases import policies
from peygir.publication import archives, figures, terms
from peygir.worker.turns import is_adopted, now


def publish() -> bool:
    """One turn of the worker's loop: fold what was signed since, publish what is due."""
    if is_adopted():
        figures.publish(at=now())
    return False


def tell_terms() -> bool:
    """Tell the log of terms of offices that have begun by themselves, or before it was told any."""
    if is_adopted():
        terms.tell(policies.current(), at=now())
    return False


def archive() -> bool:
    """Put the log of a year into one file to download, when there is something new."""
    if is_adopted():
        archives.make_due(at=now())
    return False
