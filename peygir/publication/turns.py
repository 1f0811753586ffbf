"""What the worker does for the public again and again."""

from datetime import UTC, datetime

from peygir.publication import figures, listing


def list_receipts() -> bool:
    """List receipts of what was signed since; True asks for another turn at once."""
    return listing.list_new()


def publish_figures() -> bool:
    """Fold what was signed since into figures, and publish those that are due."""
    figures.publish(at=datetime.now(UTC))
    return False
