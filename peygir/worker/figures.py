"""Publish figures as they fall due."""

from peygir.publication import figures
from peygir.worker.turns import is_adopted, now


def publish() -> bool:
    """One turn of the worker's loop: fold what was signed since, publish what is due."""
    if is_adopted():
        figures.publish(at=now())
    return False
